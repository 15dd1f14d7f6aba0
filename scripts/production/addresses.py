"""Which hosts and addresses only a private network reaches."""

import ipaddress

# Carriers' shared space (RFC 6598) is not routed in the internet either; some hosts number containers so.
_SHARED = ipaddress.ip_network("100.64.0.0/10")
_PRIVATE_ENDINGS = (".internal", ".local", ".localhost", ".cluster.local", ".svc")


def is_private_address(address: str) -> bool:
    """Whether an IP address is not routed in the internet. Raises ValueError for what is none."""
    parsed = ipaddress.ip_address(address.partition("%")[0])
    return parsed.is_private or parsed.is_loopback or parsed.is_link_local or parsed in _SHARED


def is_private_host(host: str) -> bool:
    """Whether a host's name or address says so: a name without a dot is one of a container network."""
    host = host.strip("[]").rstrip(".").lower()
    try:
        return is_private_address(host)
    except ValueError:
        return "." not in host or host.endswith(_PRIVATE_ENDINGS)


def is_loopback(host: str) -> bool:
    """Whether it is this machine itself."""
    host = host.strip("[]").lower()
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
