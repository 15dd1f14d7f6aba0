"""Spanish reasons for values that do not validate."""

from collections.abc import Mapping, Sequence
from typing import Any

_REASONS = {
    "missing": "Falta este dato.",
    "extra_forbidden": "Este dato no se esperaba.",
    "json_invalid": "El JSON está mal escrito.",
    "model_attributes_type": "Tiene que ser un objeto.",
    "dict_type": "Tiene que ser un objeto.",
    "list_type": "Tiene que ser una lista.",
    "tuple_type": "Tiene que ser una lista.",
    "too_short": "Tiene que tener {min_length} o más elementos.",
    "too_long": "Puede tener hasta {max_length} elementos.",
    "string_type": "Tiene que ser un texto.",
    "string_too_short": "Tiene que tener {min_length} o más caracteres.",
    "string_too_long": "Puede tener hasta {max_length} caracteres.",
    "string_pattern_mismatch": "No tiene la forma esperada.",
    "int_type": "Tiene que ser un número entero.",
    "int_parsing": "Tiene que ser un número entero.",
    "int_from_float": "Tiene que ser un número entero.",
    "int_parsing_size": "El número es demasiado grande.",
    "float_type": "Tiene que ser un número.",
    "float_parsing": "Tiene que ser un número.",
    "finite_number": "Tiene que ser un número finito.",
    "decimal_type": "Tiene que ser un número.",
    "decimal_parsing": "Tiene que ser un número, por ejemplo 1234.56.",
    "decimal_max_digits": "Puede tener hasta {max_digits} cifras.",
    "decimal_max_places": "Puede tener hasta {decimal_places} decimales.",
    "decimal_whole_digits": "Puede tener hasta {whole_digits} cifras enteras.",
    "greater_than": "Tiene que ser mayor que {gt}.",
    "greater_than_equal": "Tiene que ser {ge} o más.",
    "less_than": "Tiene que ser menor que {lt}.",
    "less_than_equal": "Tiene que ser {le} o menos.",
    "bool_type": "Tiene que ser verdadero o falso.",
    "bool_parsing": "Tiene que ser verdadero o falso.",
    "uuid_type": "Tiene que ser un identificador (UUID).",
    "uuid_parsing": "Tiene que ser un identificador (UUID).",
    "date_type": "Tiene que ser una fecha AAAA-MM-DD.",
    "date_parsing": "Tiene que ser una fecha AAAA-MM-DD.",
    "date_from_datetime_parsing": "Tiene que ser una fecha AAAA-MM-DD.",
    "datetime_type": "Tiene que ser una fecha y hora con zona (ISO 8601).",
    "datetime_parsing": "Tiene que ser una fecha y hora con zona (ISO 8601).",
    "datetime_from_date_parsing": "Tiene que ser una fecha y hora con zona (ISO 8601).",
    "timezone_aware": "Le falta la zona horaria, por ejemplo -03:00.",
    "enum": "Tiene que ser uno de: {expected}.",
    "literal_error": "Tiene que ser uno de: {expected}.",
    "value_error": "{error}",
}


def describe(entry: Mapping[str, Any]) -> str:
    """Why a value was refused, in Spanish; a validator of ours raises ValueError with the Spanish reason."""
    template = _REASONS.get(entry["type"], "El valor no sirve.")
    context = {key: str(value) for key, value in (entry.get("ctx") or {}).items()}
    if "expected" in context:
        # 'D', 'W' or 'M'
        context["expected"] = context["expected"].replace("'", "").replace(" or ", " o ")
    try:
        return template.format(**context)
    except KeyError:
        return "El valor no sirve."


def field_path(location: Sequence[int | str]) -> str:
    """("lines", 2, "quantity") as "lines[2].quantity"."""
    path = ""
    for part in location:
        path += f"[{part}]" if isinstance(part, int) else f".{part}"
    return path.lstrip(".")
