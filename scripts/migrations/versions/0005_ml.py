"""Forecast runs and stored forecasts."""

from scripts.migrations.ddl import run

revision = "0005_ml"
down_revision = "0004_negocio"
branch_labels = None
depends_on = None

_TABLES = """
-- One run of the model over everything an organisation sells; at most one a business day.
CREATE TABLE ml.model_run (
  organisation_id uuid NOT NULL DEFAULT shared.current_organisation(),
  made_on date NOT NULL,
  id uuid NOT NULL DEFAULT uuidv7(),
  status text NOT NULL DEFAULT 'running' CHECK (status IN ('running', 'done', 'failed')),
  model_version text NOT NULL,
  started_at timestamptz NOT NULL DEFAULT now(),
  finished_at timestamptz,
  series integer NOT NULL DEFAULT 0 CHECK (series >= 0),
  methods jsonb NOT NULL DEFAULT '{}',
  metrics jsonb NOT NULL DEFAULT '{}',
  PRIMARY KEY (organisation_id, made_on),
  CHECK ((status = 'running') = (finished_at IS NULL))
);
CALL shared.protect('ml.model_run', 'app_ml', 'SELECT, INSERT, UPDATE');

-- Estimates of one product in one branch, day by day from first_day on; units per day.
-- quantiles: one row per level. total_sd: of the sum of the first 1, 2, ... days.
-- actual .. covered: sums over the backtest. recent_*: the last days the forecast was made from,
-- null units where the shop was closed.
CREATE TABLE ml.forecast (
  organisation_id uuid NOT NULL DEFAULT shared.current_organisation(),
  made_on date NOT NULL,
  branch_id uuid NOT NULL,
  product_id uuid NOT NULL,
  first_day date NOT NULL,
  mean real[] NOT NULL,
  levels real[] NOT NULL,
  quantiles real[] NOT NULL,
  total_sd real[] NOT NULL,
  method text NOT NULL,
  pattern text NOT NULL,
  note text NOT NULL,
  points integer NOT NULL,
  actual double precision NOT NULL,
  absolute_error double precision NOT NULL,
  signed_error double precision NOT NULL,
  naive_absolute_error double precision NOT NULL,
  scored integer NOT NULL,
  covered integer NOT NULL,
  recent_first_day date NOT NULL,
  recent_units real[] NOT NULL,
  recent_in_stock boolean[] NOT NULL,
  PRIMARY KEY (organisation_id, made_on, branch_id, product_id),
  FOREIGN KEY (organisation_id, made_on) REFERENCES ml.model_run,
  CHECK (cardinality(mean) = cardinality(total_sd)),
  CHECK (cardinality(quantiles) = cardinality(mean) * cardinality(levels)),
  CHECK (cardinality(recent_units) = cardinality(recent_in_stock))
);
CREATE INDEX forecast_product_id_idx ON ml.forecast (organisation_id, product_id, made_on);
-- Estimates are no history of the business: old ones are thinned out.
CALL shared.protect('ml.forecast', 'app_ml', 'SELECT, INSERT, UPDATE, DELETE');
"""


def upgrade() -> None:
    run(_TABLES)


def downgrade() -> None:
    run("DROP TABLE ml.forecast, ml.model_run;")
