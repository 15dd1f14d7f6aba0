"""Why stock is corrected, in the words of the shop."""

REASON_WORDS = {
    "opening": "Stock inicial",
    "receipt": "Entró mercadería",
    "supplier_return": "Devolución al proveedor",
    "sale": "Venta",
    "sale_void": "Venta anulada",
    "customer_return": "Devolución de un cliente",
    "adjustment": "Corrección",
    "shrinkage": "Faltante",
    "theft": "Robo",
    "expired": "Vencido",
    "broken": "Roto",
    "own_use": "Consumo propio",
    "sample": "Muestra",
    "donation": "Donación",
    "entry_error": "Error de carga",
    "count": "Recuento",
    "transfer_out": "Salió a otro lugar",
    "transfer_in": "Llegó de otro lugar",
    "reversal": "Se deshizo un movimiento",
    "revaluation": "Cambió el costo",
}

# What one may choose on a product's page: the words, and how the typed quantity is meant.
COUNTED, LESS, MORE = "counted", "less", "more"
CHOICES: dict[str, tuple[str, str, str]] = {
    "count": ("Conté y hay", "count", COUNTED),
    "shrinkage": ("Falta", "shrinkage", LESS),
    "broken": ("Se rompió", "broken", LESS),
    "expired": ("Se venció", "expired", LESS),
    "theft": ("Lo robaron", "theft", LESS),
    "own_use": ("Lo usamos nosotros", "own_use", LESS),
    "sample": ("Lo dimos de muestra", "sample", LESS),
    "donation": ("Lo donamos", "donation", LESS),
    "supplier_return": ("Se devolvió al proveedor", "supplier_return", LESS),
    "more": ("Se cargó de menos: sumar", "entry_error", MORE),
    "less": ("Se cargó de más: restar", "entry_error", LESS),
}
