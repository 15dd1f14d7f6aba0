"""Spanish title and detail of every problem code; the only place that holds them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ProblemText:
    """title: what happened, a few words. detail: what to do; {names} come from the error's details."""

    title: str
    detail: str


PROBLEM_TEXTS: dict[str, ProblemText] = {
    "auth.not_signed_in": ProblemText("Tenés que iniciar sesión", "Iniciá sesión de nuevo para seguir."),
    "auth.forbidden": ProblemText("No tenés permiso", "Tu rol no permite {permission}."),
    "auth.wrong_credentials": ProblemText(
        "No pudimos iniciar sesión", "El usuario o la contraseña no son correctos."
    ),
    "auth.no_organisation": ProblemText(
        "No pertenecés a esa organización", "Pedile a quien la administra que te sume."
    ),
    "auth.refresh_refused": ProblemText("La sesión terminó", "Iniciá sesión de nuevo."),
    "auth.last_owner": ProblemText(
        "Tiene que quedar alguien a cargo", "No podés quitar a la única persona dueña."
    ),
    "auth.already_member": ProblemText("Ya está en el equipo", "Esa persona ya pertenece a la organización."),
    "auth.username_taken": ProblemText("Ese usuario ya existe", "Elegí otro nombre de usuario."),
    "auth.person_not_found": ProblemText("No encontramos a esa persona", "No está en esta organización."),
    "auth.branch_not_found": ProblemText("No encontramos esa sucursal", "No está en esta organización."),
    "auth.branch_name_taken": ProblemText("Ese nombre ya se usa", "Otra sucursal se llama igual."),
    "auth.invalid_cuit": ProblemText("El CUIT no es válido", "Revisá los 11 números del CUIT."),
    "request.too_many": ProblemText(
        "Demasiados pedidos", "Esperá {retry_after_seconds} segundos y probá de nuevo."
    ),
    "request.invalid": ProblemText("Hay datos que no sirven", "Revisá los campos marcados."),
    "request.malformed": ProblemText("No entendimos el pedido", "El cuerpo no es válido."),
    "request.too_large": ProblemText("El pedido es muy grande", "El máximo es {maximum_mb} MB."),
    "request.not_found": ProblemText("No existe", "Esa dirección no existe."),
    "request.method_not_allowed": ProblemText("No se puede", "Esa dirección no acepta este método."),
    "request.failed": ProblemText("No se pudo hacer", "El pedido no se pudo completar."),
    "request.foreign": ProblemText(
        "La página estaba vieja", "No guardamos nada. Volvé a cargarla y probá de nuevo."
    ),
    "request.bad_cursor": ProblemText("La página pedida no existe", "Volvé a empezar la lista."),
    "idempotency.key_reused": ProblemText(
        "Esa clave ya se usó", "La Idempotency-Key ya se usó con otro contenido; usá una nueva."
    ),
    "idempotency.key_invalid": ProblemText(
        "La clave no sirve", "Idempotency-Key lleva de 1 a 200 caracteres visibles."
    ),
    "etag.stale": ProblemText(
        "Alguien lo cambió antes", "Volvé a cargarlo y aplicá tu cambio sobre la versión nueva."
    ),
    "etag.malformed": ProblemText("If-Match no sirve", 'If-Match lleva el ETag recibido, por ejemplo "3".'),
    "conflict": ProblemText("Choca con algo que ya existe", "Ya hay un dato igual cargado."),
    "busy": ProblemText("Estamos ocupados", "Probá de nuevo en unos segundos; no se guardó nada."),
    "internal": ProblemText("Algo falló de nuestro lado", "No se guardó nada. Probá de nuevo."),
    "peer.unavailable": ProblemText(
        "Un servicio no responde", "El servicio {peer} no responde; probá de nuevo en unos segundos."
    ),
    "job.not_found": ProblemText("Ese trabajo no existe", "No encontramos el trabajo pedido."),
    "catalog.product_not_found": ProblemText("No encontramos ese producto", "No está en tu catálogo."),
    "catalog.code_not_found": ProblemText(
        "Ese código no está cargado", "Ningún producto tiene el código {searched}."
    ),
    "catalog.wrong_check_digit": ProblemText(
        "El código de barras no cierra", "A {barcode} no le cierra el último dígito; volvé a escanearlo."
    ),
    "catalog.barcode_repeated": ProblemText(
        "Un código está dos veces", "El código {barcode} se repite en el mismo producto; dejalo una sola vez."
    ),
    "catalog.barcode_taken": ProblemText(
        "Ese código ya se usa", "El código {barcode} ya es de {product_name}."
    ),
    "catalog.sku_taken": ProblemText("Ese código interno ya se usa", "Otro producto tiene el SKU {sku}."),
    "catalog.category_not_found": ProblemText("No encontramos esa categoría", "No está en tu catálogo."),
    "catalog.category_taken": ProblemText(
        "Esa categoría ya existe", "Ya hay una con ese nombre en el mismo lugar."
    ),
    "catalog.category_loop": ProblemText(
        "Así quedaría en círculo", "Una categoría no puede estar dentro de sí misma."
    ),
    "catalog.location_not_found": ProblemText(
        "No encontramos ese depósito", "No está entre los de tus sucursales."
    ),
    "catalog.location_taken": ProblemText(
        "Ese depósito ya existe", "La sucursal ya tiene uno con ese nombre, o ya tiene su salón de ventas."
    ),
    "catalog.branch_unknown": ProblemText("No encontramos esa sucursal", "No está entre las tuyas."),
    "stock.unknown_product": ProblemText(
        "Hay un producto que no existe", "El producto {product_id} no está en tu catálogo."
    ),
    "stock.unknown_location": ProblemText(
        "Hay un depósito que no existe", "El depósito {location_id} no está entre los de tus sucursales."
    ),
    "stock.insufficient": ProblemText(
        "No alcanza el stock", "Se pidieron {requested} y hay {available} disponibles."
    ),
    "stock.source_reused": ProblemText(
        "Ya se registró con otro contenido", "Ese comprobante ya movió stock con otros datos."
    ),
    "stock.posting_not_found": ProblemText("No encontramos ese movimiento", "No está entre los tuyos."),
    "stock.already_reversed": ProblemText("Ya estaba anulado", "Un movimiento se anula una sola vez."),
    "stock.is_a_reversal": ProblemText(
        "Eso ya es una anulación", "Para volver atrás, cargá el movimiento de nuevo."
    ),
    "stock.owned_by_document": ProblemText(
        "Se anula desde su comprobante", "Este movimiento salió de {source}; anulalo desde ahí."
    ),
    "stock.nothing_to_revalue": ProblemText(
        "No hay nada que revalorizar", "Ese producto no tiene existencias en ese depósito."
    ),
    "stock.wrong_sign": ProblemText(
        "El signo no corresponde", "En {movement_kind} la cantidad va con el otro signo, y nunca en cero."
    ),
    "stock.cost_needed": ProblemText("Falta el costo", "Para revalorizar hace falta el costo nuevo."),
    "stock.too_large": ProblemText("El número es demasiado grande", "Revisá cantidades y costos."),
    "stock.check_running": ProblemText(
        "Ya se están revisando los libros", "Esperá {retry_after_seconds} segundos y probá de nuevo."
    ),
    "stock.bad_date": ProblemText("La fecha no sirve", "Tiene que estar entre el 01/01/2000 y mañana."),
    "reservation.not_found": ProblemText(
        "No encontramos esa reserva", "No está entre las de tus sucursales."
    ),
    "reservation.id_reused": ProblemText(
        "Esa reserva ya se hizo distinta", "Ya hay una reserva con ese id y otro contenido."
    ),
    "reservation.ended": ProblemText(
        "La reserva ya terminó", "Está {reservation_status}: hacé otra si la mercadería todavía hace falta."
    ),
    "reservation.not_handed_over": ProblemText(
        "Esa reserva no se entregó", "Solo se devuelve lo que ya salió del stock."
    ),
    "adjustment.not_found": ProblemText(
        "No encontramos ese ajuste", "No está entre los que esperan o esperaron aprobación en tus sucursales."
    ),
    "adjustment.id_reused": ProblemText(
        "Ese ajuste ya se pidió distinto", "Ya hay un ajuste con ese id y otro contenido."
    ),
    "adjustment.decided": ProblemText("Eso ya se decidió", "El ajuste está {adjustment_status}."),
    "transfer.not_found": ProblemText("No encontramos ese envío", "No sale de tus sucursales ni va a ellas."),
    "transfer.id_reused": ProblemText(
        "Ese envío ya se cargó distinto", "Ya hay un envío con ese id y otro contenido."
    ),
    "transfer.unknown_place": ProblemText(
        "Ese lugar no sirve para un envío", "No existe, está cerrado o no es de tus sucursales."
    ),
    "transfer.same_place": ProblemText(
        "El origen y el destino son el mismo", "Elegí otro lugar al que mandar la mercadería."
    ),
    "transfer.other_end": ProblemText(
        "Eso se hace desde la otra sucursal",
        "Envía quien está donde sale la mercadería y recibe quien está donde llega.",
    ),
    "transfer.wrong_state": ProblemText("Ese paso ya no corresponde", "El envío está {transfer_status}."),
    "transfer.not_in_it": ProblemText(
        "Hay un producto que no es del envío", "El producto {product_id} no está entre lo pedido."
    ),
    "transfer.nothing_to_ship": ProblemText(
        "No hay nada que enviar", "Al menos un producto tiene que salir."
    ),
    "sale.not_found": ProblemText("No encontramos esa venta", "No está entre las de tus sucursales."),
    "sale.unknown_branch": ProblemText(
        "No encontramos esa sucursal", "No existe, no es de las tuyas o todavía no tiene salón de ventas."
    ),
    "sale.unknown_code": ProblemText("Hay un código sin producto", "Nadie tiene el código {searched}."),
    "sale.id_reused": ProblemText(
        "Esa venta ya se cargó distinta", "Ya hay una venta con ese id y otro contenido."
    ),
    "sale.discount_too_large": ProblemText(
        "El descuento es mayor que el importe", "Revisá el descuento de la línea marcada."
    ),
    "sale.too_large": ProblemText(
        "El número es demasiado grande", "Revisá cantidad, precio y costo de lo marcado."
    ),
    "sale.too_little": ProblemText(
        "La cantidad es demasiado chica",
        "En la unidad del producto no llega a 0,001; revisá la línea marcada.",
    ),
    "sale.payments_differ": ProblemText(
        "Los pagos no suman el total", "La venta es de {total} y los pagos suman {paid}."
    ),
    "sale.repeated": ProblemText("La venta está dos veces", "El mismo id aparece más de una vez en el lote."),
    "sale.already_voided": ProblemText("Esa venta ya estaba anulada", "Una venta se anula una sola vez."),
    "prediction.too_much_history": ProblemText(
        "Es mucha historia junta",
        "Son {products} productos por {periods} períodos (cada uno cuenta como el más largo) y se "
        "pueden hasta {maximum} en total. Mandalos en varias tandas.",
    ),
    "prediction.too_much_asked": ProblemText(
        "Es mucho pronóstico junto",
        "Productos por horizonte por niveles dan {asked} valores y se pueden hasta {maximum}. Mandá menos.",
    ),
    "prediction.no_room": ProblemText(
        "Estamos ocupados", "Hay muchas predicciones en curso; probá de nuevo en unos segundos."
    ),
    "range.too_long": ProblemText("El período es muy largo", "Puede abarcar hasta {maximum_days} días."),
    "document.not_found": ProblemText("No encontramos ese documento", "No está entre los de tus sucursales."),
    "document.page_not_found": ProblemText(
        "Esa página no está", "El documento no tiene esa página o todavía no se leyó."
    ),
    "document.no_files": ProblemText("Falta el archivo", "Mandá al menos una foto o un PDF."),
    "document.too_many_files": ProblemText(
        "Son demasiados archivos", "Un documento puede tener hasta {maximum} páginas."
    ),
    "document.too_large": ProblemText(
        "Los archivos pesan mucho", "Entre todos pueden pesar hasta {maximum_mb} MB."
    ),
    "document.unsupported": ProblemText(
        "Ese formato no se puede leer", "El archivo {file} no es una foto (JPG, PNG, HEIC, WebP) ni un PDF."
    ),
    "document.settled": ProblemText(
        "No se puede volver a leer", "Se está leyendo, es un duplicado o ya se confirmó un comprobante suyo."
    ),
    "document.kept": ProblemText(
        "Este papel se guarda", "Ya se confirmó un comprobante suyo: anulá el comprobante y el papel queda."
    ),
    "branch.unknown": ProblemText("Elegí una sucursal", "Tiene que ser una sucursal abierta y de las tuyas."),
    "qr.not_fiscal": ProblemText("Ese QR no es de un comprobante", "Escaneá el QR que imprime ARCA."),
    "ocr.unavailable": ProblemText(
        "No se puede leer en este momento", "El lector no respondió; probá de nuevo en unos segundos."
    ),
    "invoice.not_found": ProblemText("No encontramos esa factura", "No está entre las de tus sucursales."),
    "invoice.line_not_found": ProblemText("Ese renglón no existe", "La factura no tiene ese renglón."),
    "invoice.closed": ProblemText("Ya no se puede cambiar", "El comprobante está {status}."),
    "invoice.duplicate": ProblemText(
        "Factura ya cargada", "El mismo comprobante ya está confirmado ({duplicate_of})."
    ),
    "invoice.blocked": ProblemText(
        "Falta resolver algo", "Puntos por resolver antes de confirmar: {count}. Cada campo dice cuál."
    ),
    "invoice.difference_too_large": ProblemText(
        "La diferencia es demasiado grande", "Es de {difference} y se puede aceptar hasta {acceptable}."
    ),
    "invoice.too_many_lines": ProblemText(
        "Son demasiados renglones", "Un comprobante puede tener hasta {maximum}."
    ),
    "invoice.product_unknown": ProblemText("No encontramos ese producto", "No está en tu catálogo."),
    "invoice.location_unknown": ProblemText(
        "No encontramos ese depósito", "No existe, está archivado o es de otra sucursal que la factura."
    ),
    "invoice.bad_received_at": ProblemText(
        "La fecha no sirve", "La mercadería entró entre el 01/01/2000 y este momento."
    ),
    "invoice.warehouse_refused": ProblemText("El depósito no lo aceptó", "{detail}"),
    "supplier.not_found": ProblemText("No encontramos ese proveedor", "No está entre los tuyos."),
    "supplier.exists": ProblemText("Ese proveedor ya existe", "Ya hay uno con el mismo CUIT."),
    "supplier.bad_cuit": ProblemText("El CUIT no es válido", "Revisá los dígitos."),
    "supplier.alias_not_found": ProblemText("Ese alias no existe", "El proveedor no tiene ese alias."),
    "receipt.taken_back": ProblemText(
        "Comprobante deshecho", "El comprobante se deshizo antes de que entrara su mercadería."
    ),
    "receipt.no_location": ProblemText(
        "No hay dónde recibir", "La sucursal no tiene salón de ventas, o ese depósito no existe."
    ),
}
