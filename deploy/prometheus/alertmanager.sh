#!/bin/sh
# Writes the configuration of Alertmanager to standard output. Who is told stands in the environment, each optional:
#   ALERT_WEBHOOK_URL                           gets every alert as JSON: a pager, ntfy, a bridge to a chat
#   ALERT_TELEGRAM_TOKEN, ALERT_TELEGRAM_CHAT   a bot's token, and the number of the chat that it writes to
#   ALERT_HEARTBEAT_URL                         is called every five minutes as long as alerts work; who watches that
#                                               from elsewhere (healthchecks.io and its like) tells when they stop
# Without the first three nobody is told of anything, which is said on standard error.
set -eu

# As YAML takes any text, between single quotes.
quoted() {
  printf "'%s'" "$(printf '%s' "$1" | sed "s/'/''/g")"
}

webhook=${ALERT_WEBHOOK_URL:-} token=${ALERT_TELEGRAM_TOKEN:-} chat=${ALERT_TELEGRAM_CHAT:-}
heartbeat=${ALERT_HEARTBEAT_URL:-}
if [ -n "$token" ] && ! printf '%s' "$chat" | grep -Eqx -e '-?[0-9]+'; then
  echo "alertmanager.sh: ALERT_TELEGRAM_CHAT is no number of a chat, as -1001234567890" >&2
  exit 2
fi
if [ -z "$webhook$token" ]; then
  echo "alertmanager.sh: NOBODY IS TOLD OF ALERTS: set ALERT_WEBHOOK_URL, or ALERT_TELEGRAM_TOKEN and ALERT_TELEGRAM_CHAT" >&2
fi

cat <<'END'
route:
  receiver: people
  group_by: [alertname]
  group_wait: 15s
  group_interval: 5m
  # As long as it lasts: a page again after four hours, a ticket after a day.
  repeat_interval: 4h
  routes:
    - {matchers: ['alertname="Watchdog"'], receiver: heartbeat, group_wait: 0s, group_interval: 1m, repeat_interval: 5m}
    - {matchers: ['severity="ticket"'], receiver: people, repeat_interval: 24h}
receivers:
  - name: people
END
if [ -n "$webhook" ]; then
  echo "    webhook_configs:"
  echo "      - {send_resolved: true, url: $(quoted "$webhook")}"
fi
if [ -n "$token" ]; then
  cat <<END
    telegram_configs:
      - bot_token: $(quoted "$token")
        chat_id: $chat
        parse_mode: ''
END
  cat <<'END'
        message: '{{ range .Alerts }}{{ if eq .Status "firing" }}{{ .Labels.severity }}{{ else }}over{{ end }}: {{ .Labels.alertname }}: {{ .Annotations.summary }}{{ "\n" }}{{ end }}'
END
fi
echo "  - name: heartbeat"
if [ -n "$heartbeat" ]; then
  echo "    webhook_configs:"
  echo "      - {send_resolved: false, url: $(quoted "$heartbeat")}"
fi
