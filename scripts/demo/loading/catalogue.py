"""The demo's categories, products and suppliers."""

from typing import Any

from scripts.demo.loading.api import Api
from scripts.demo.shop.values import Product, Shop
from shared.kernel.money import plain

_BASE_UNITS = {"un": "unit", "kg": "kg"}


async def load_products(api: Api, shop: Shop) -> dict[str, str]:
    """Categories and products. Returns the product id of each sku."""
    category_ids: dict[str, str] = {}
    for name in sorted({product.category for product in shop.products}):
        answer = await api.write(
            api.deposito, "/api/v1/categories", {"name": name}, key=f"demo:category:{name}"
        )
        category_ids[name] = answer["id"]
    ids: dict[str, str] = {}
    for product in shop.products:
        body = _product(product, category_ids[product.category])
        answer = await api.write(api.deposito, "/api/v1/products", body, key=f"demo:product:{product.sku}")
        ids[product.sku] = answer["id"]
    return ids


async def load_suppliers(api: Api, shop: Shop) -> None:
    """Who delivers, with when they come."""
    for supplier in shop.suppliers:
        body = {
            "cuit": supplier.cuit,
            "name": supplier.name,
            "visit_days": list(supplier.visit_weekdays),
            "cutoff": supplier.cutoff,
            "lead_days": supplier.lead_time_days,
            "min_order": plain(supplier.minimum_order_ars),
            "phone": supplier.phone,
        }
        await api.write(api.negocio, "/api/v1/suppliers", body, key=f"demo:supplier:{supplier.key}")


def _product(product: Product, category_id: str) -> dict[str, Any]:
    barcodes = []
    if product.ean:
        barcodes.append({"code": product.ean, "factor": "1", "kind": "unit"})
    if product.pack_ean:
        barcodes.append({"code": product.pack_ean, "factor": str(product.pack_size), "kind": "pack"})
    return {
        "name": product.name,
        "sku": product.sku,
        "category_id": category_id,
        "brand": product.brand,
        "base_unit": _BASE_UNITS[product.base_unit],
        "iva_rate": plain(product.iva_rate),
        "has_internal_tax": product.internal_rate > 0,
        "barcodes": barcodes,
    }
