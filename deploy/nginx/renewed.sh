#!/bin/sh
# Where certbot's certificates go, for its --deploy-hook: renewed.sh FOLDER COMMAND...
# Copies fullchain.pem and privkey.pem to the folder, then runs the command, which has NGINX read them.
set -eu
folder=$1
shift
umask 077
mkdir -p "$folder"
cp -L "$RENEWED_LINEAGE/fullchain.pem" "$folder/fullchain.pem"
cp -L "$RENEWED_LINEAGE/privkey.pem" "$folder/privkey.pem"
exec "$@"
