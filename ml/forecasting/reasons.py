"""Why a forecast is what it is, in one Spanish sentence for the shopkeeper."""

from ml.forecasting.rules import SIMPLE, Note
from ml.history.rules import Frequency

_PERIODS = {
    Frequency.DAY: ("día", "días"),
    Frequency.WEEK: ("semana", "semanas"),
    Frequency.MONTH: ("mes", "meses"),
}
_METHODS = {
    "MA8": "el promedio de los últimos dos meses",
    "MA13": "el promedio del último trimestre",
    "SeasonalMA": "el promedio reciente ajustado por la temporada",
    "SeasonalNaive": "lo vendido en la temporada anterior",
    "SES": "un promedio que pesa más lo reciente",
    "CrostonSBA": "cada cuánto se vende y de a cuánto",
    "TSB": "cada cuánto se vende y de a cuánto, olvidando lo que dejó de salir",
    "IMAPA": "la venta espaciada mirada en varias escalas de tiempo",
    "Blend": "una mezcla de promedios, temporada y año anterior, pesados por sus aciertos",
}


def reason(note: Note, *, method: str, points: int, frequency: Frequency) -> str:
    """One sentence: what was looked at and how far to trust it."""
    one, many = _PERIODS[frequency]
    amount = f"{points} {one if points == 1 else many}"
    if note is Note.NO_HISTORY:
        return "Sin ventas cargadas no hay con qué estimar: se devuelve cero."
    if note is Note.NEVER_SOLD:
        return f"En {amount} no se vendió ninguna unidad: se espera cero."
    if note is Note.LOW_DATA:
        used = "el promedio de lo que hay" if method == SIMPLE else _METHODS[method]
        return f"Hay solo {amount} de historia: tomalo como una primera idea. Se usó {used}."
    if note is Note.UNTESTED:
        return f"Con {amount} no alcanzó para comparar métodos con el pasado. Se usó {_METHODS[method]}."
    return f"Con {amount} de historia, lo que mejor anduvo en pruebas fue {_METHODS[method]}."
