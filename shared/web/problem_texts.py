"""Spanish title and detail of every problem code; the only place that holds them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ProblemText:
    """title: what happened, a few words. detail: what to do; {names} come from the error's details."""

    title: str
    detail: str


PROBLEM_TEXTS: dict[str, ProblemText] = {
    "auth.not_signed_in": ProblemText("Tenés que iniciar sesión", "Iniciá sesión de nuevo para seguir."),
    "auth.forbidden": ProblemText("No tenés permiso", "Tu rol no permite hacer esto ({permission})."),
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
}
