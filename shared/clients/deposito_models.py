"""What agente_deposito answers, as its clients see it; fields a client does not use are left out."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from pydantic import BaseModel


class StockValue(BaseModel):
    """Money in goods."""

    average: Decimal | None = None


class NightlyCheck(BaseModel):
    """When the ledger was last summed again, and how many balances differed."""

    checked_at: datetime
    checked: int
    wrong: int


class Integrity(BaseModel):
    """What last night's check found; last_nightly is null before the first."""

    last_nightly: NightlyCheck | None


class StockStats(BaseModel):
    """The stock of a branch, or of the whole organisation, in a few figures."""

    total_products: int = 0
    stock_value: StockValue = StockValue()
    low_stock: int = 0
    out_of_stock: int = 0
    negative: int = 0


class StockClose(BaseModel):
    """How a day ended: value at average cost, products by state."""

    day: date
    value: Decimal
    by_state: dict[str, int]


class Content(BaseModel):
    """How much one unit holds, e.g. 750 ml."""

    quantity: Decimal
    unit: str


class StockRow(BaseModel):
    """A product's stock. history: sold per week, oldest first; margin: share of the price, 0 to 1.

    state: out, critical, low, idle, ok or negative. cover_days: None when nothing is being sold.
    """

    product_id: UUID
    name: str
    brand: str | None = None
    content: Content | None = None
    barcode: str | None = None
    category_name: str | None = None
    base_unit: str = "unit"
    on_hand: Decimal
    in_transit: Decimal = Decimal(0)
    reserved: Decimal | None = None
    weekly_sales: Decimal | None = None
    cover_days: Decimal | None = None
    history: list[Decimal] = []
    last_sale_price: Decimal | None = None
    unit_cost: Decimal | None = None
    margin: Decimal | None = None
    value: Decimal | None = None
    state: str = "ok"


class StockPage(BaseModel):
    """One page of stock; counts by state and value are of everything the search found."""

    items: list[StockRow]
    next_cursor: str | None = None
    counts: dict[str, int] = {}
    value: Decimal | None = None


class Barcode(BaseModel):
    """A code and how many base units it names."""

    code: str
    factor: Decimal = Decimal(1)


class Product(BaseModel):
    """A product of the catalogue."""

    id: UUID
    name: str
    brand: str | None = None
    category_name: str | None = None
    base_unit: str = "unit"
    content: Content | None = None
    iva_rate: Decimal | None = None
    has_internal_tax: bool = False
    barcodes: list[Barcode] = []
    archived: bool = False


class Location(BaseModel):
    """A place that holds stock."""

    id: UUID
    branch_id: UUID | None = None
    name: str
    kind: str = "shop"


class MovementRow(BaseModel):
    """A line of the ledger. source: what caused it; reversed_by: the posting that undid it."""

    id: UUID
    posting_id: UUID | None = None
    source: str | None = None
    kind: str
    product_id: UUID | None = None
    location_id: UUID | None = None
    location_name: str | None = None
    quantity: Decimal
    unit_cost: Decimal | None = None
    value: Decimal | None = None
    balance_after: Decimal | None = None
    occurred_at: datetime
    recorded_by: UUID | str | None = None
    reversed_by: UUID | None = None
    note: str | None = None


class MovementPage(BaseModel):
    """One page of the ledger, newest first."""

    items: list[MovementRow]
    next_cursor: str | None = None


class SalesDay(BaseModel):
    """A day's sales. cost: None while the cost of what was sold is not known."""

    day: date
    amount: Decimal
    cost: Decimal | None = None
    tickets: int = 0
    units: Decimal = Decimal(0)


class SalesHour(BaseModel):
    """Sales of one hour of the week. weekday: 0 is Monday."""

    weekday: int
    hour: int
    amount: Decimal


class SalesSummary(BaseModel):
    """Sales by day and by hour of the week."""

    days: list[SalesDay] = []
    hours: list[SalesHour] = []


class FoundProduct(BaseModel):
    """What a code names. quantity: base units in one; parsed_as: barcode, pack or sku."""

    product: Product
    quantity: Decimal
    parsed_as: str


class MovementGroup(BaseModel):
    """What one kind of movement added or took."""

    kind: str
    movements: int
    quantity: Decimal
    value: Decimal


class DocumentBehind(BaseModel):
    """A document behind a number. link: where it is read in the API."""

    posting_id: UUID
    source: str
    link: str | None
    kind: str | None
    quantity: Decimal
    value: Decimal
    occurred_at: datetime
    reversed_by: UUID | None = None
    note: str | None = None


class Explanation(BaseModel):
    """How the stock of a product came to be; documents are the latest hundred."""

    product_id: UUID
    product_name: str
    base_unit: str
    at: datetime
    quantity: Decimal
    value: Decimal
    groups: list[MovementGroup]
    documents: list[DocumentBehind]
