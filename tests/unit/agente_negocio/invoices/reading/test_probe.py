"""The built-in proof that reading works on this machine."""

from agente_negocio.invoices.reading.probe import engine_state, self_test


def test_the_engine_reads_spanish() -> None:
    assert engine_state().is_ready


def test_the_built_in_invoice_is_really_read() -> None:
    result = self_test()

    assert result.ok
    assert result.rows == 3
    assert result.accepted
    assert result.elapsed_ms > 0
