"""Spanish sentences of what blocks an invoice, what to know of it, and why a file could not be read."""

from collections.abc import Mapping

from shared.web.wording import fill

BLOCKER_TEXTS = {
    "header.missing": "Falta {field}.",
    "header.issuer_is_us": "El emisor es tu propio CUIT: revisá cuál es el del proveedor.",
    "receiver.other": "Está a nombre de otro CUIT ({cuit}). Si igual es tuya, aceptalo.",
    "qr.total_differs": "El total impreso ({printed}) no coincide con el del QR ({qr}).",
    "qr.differs": "El QR dice {qr} y el papel {printed}: revisá {field}.",
    "branch.missing": "Elegí la sucursal.",
    "invoice.duplicate": "Este comprobante ya está confirmado.",
    "lines.missing": "No hay renglones.",
    "credit.effect_missing": "Decidí si la nota de crédito devuelve mercadería o solo baja el costo.",
    "line.quantity_missing": "Falta la cantidad del renglón {line} ({description}).",
    "line.subtotal_missing": "Falta el importe del renglón {line} ({description}).",
    "line.does_not_multiply": "En el renglón {line} ({description}) cantidad por precio no da el importe.",
    "line.signs_differ": (
        "En el renglón {line} ({description}) la cantidad y el importe van con distinto signo."
    ),
    "line.unmatched": "Falta elegir el producto del renglón {line} ({description}).",
    "line.pack_missing": "Decidí cuántas unidades trae cada bulto del renglón {line} ({description}).",
    "internal_tax.lines_missing": "Elegí qué renglones pagan los impuestos internos ({amount}).",
    "totals.open": "No cierra: los renglones dan {computed} y el total impreso es {printed}.",
    "totals.difference": "Hay una diferencia de {difference} por redondeo: aceptala si es así.",
}
WARNING_TEXTS = {
    "copies.differ": "Las copias del comprobante no dicen lo mismo: compará los importes antes de confirmar.",
    "pages.order": "Las páginas parecen estar en otro orden: fijate que los renglones estén todos.",
    "paper.several": "Parece haber más de un comprobante en la misma imagen: mandalos por separado.",
    "rows.unread": "Hay renglones del papel que no se entendieron: fijate que estén todos.",
    "rows.miscounted": "El papel cuenta otra cantidad de renglones o unidades: fijate que no falte ninguno.",
    "paper.denied": "El papel dice que no vale como factura: revisalo antes de confirmar.",
    "duplicate.similar": "Se parece a {number}: mismo proveedor, mismo total y fecha cercana.",
    "duplicate.draft": "Hay otro borrador del mismo comprobante.",
    "remito.recent": (
        "Ya confirmaste el remito {number} de este proveedor: si es la misma mercadería, "
        "marcá los renglones como sin stock."
    ),
    "receiver.missing": "No se lee a nombre de quién está: fijate que sea tuya.",
    "date.odd": "La fecha ({date}) es rara: revisala.",
    "tax.rate_mismatch": "El IVA {rate} % ({amount}) no coincide con su base.",
    "line.quantity_rounded": "El renglón {line} ({description}) suma {kept} al stock: se redondeó.",
    "cost.jump": "El costo de {description} cambió {change} %.",
}
READING_TEXTS = {
    "file_corrupt": "El archivo está dañado y no se puede abrir: mandalo de nuevo.",
    "file_empty": "El archivo está vacío.",
    "file_encrypted": "El PDF tiene contraseña: guardalo sin ella y mandalo de nuevo.",
    "file_too_large": "El archivo es demasiado grande.",
    "too_many_pages": "Tiene demasiadas páginas: el máximo es 10.",
    "unsupported_format": "Ese formato no se puede leer: mandá una foto o un PDF.",
    "reading_timeout": "La lectura tardó demasiado y se cortó. Probá con una foto por página.",
    "reading_out_of_memory": "La lectura necesitó demasiada memoria y se cortó. Probá con otra foto.",
    "reading_killed": "El sistema cortó la lectura, quizá por falta de memoria. Probá de nuevo en un rato.",
    "reading_crashed": "La lectura falló con este archivo. Probá con otra foto: apoyada, con luz y entera.",
    "nothing_found": "No encontramos ningún comprobante. Probá con otra foto: apoyada, con luz y entera.",
    "files_missing": "No encontramos los archivos guardados.",
    "discarded": "Se descartó antes de terminar de leerlo.",
    "given_up": "No pudimos leerlo después de varios intentos. Probá de nuevo.",
}


def blocker_text(code: str, facts: Mapping[str, str]) -> str:
    """Why a paper cannot be confirmed yet."""
    return fill(BLOCKER_TEXTS[code], facts)


def warning_text(code: str, facts: Mapping[str, str]) -> str:
    """What to know before confirming."""
    return fill(WARNING_TEXTS[code], facts)


def reading_text(code: str) -> str:
    """Why a document could not be read."""
    return READING_TEXTS.get(code, READING_TEXTS["reading_crashed"])
