"""The scenes of the recovery rehearsal."""
