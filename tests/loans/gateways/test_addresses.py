"""Where this process may call: what the operator named, over https, on the public internet."""

import pytest

from loans.gateways.addresses import AddressRefused, destination, is_public

HOSTS = ("pay.example", "127.0.0.1", "[::1]", "10.0.0.5")


def public(host: str, port: int) -> list[str]:
    return ["93.184.216.34"]


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.1.2.3", "0.0.0.0", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1",
        "192.0.2.1", "198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255", "::", "::1", "::ffff:127.0.0.1",
        "::ffff:10.0.0.1", "fc00::1", "fe80::1%eth0", "2002:7f00:1::", "ff02::1", "64:ff9b:1::1", "64:ff9b::a00:1",
    ],
)  # fmt: skip
def test_addresses_that_are_not_public(address: str) -> None:
    assert not is_public(address)
    with pytest.raises(AddressRefused, match="public"):
        destination("https://pay.example/", hosts=HOSTS, resolve=lambda host, port: [address])


@pytest.mark.parametrize("address", ["93.184.216.34", "1.1.1.1", "2606:2800:220:1:248:1893:25c8:1946"])
def test_addresses_that_are(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "url",
    [
        "http://pay.example/", "ftp://pay.example/", "file:///etc/passwd", "//pay.example/", "pay.example",
        "https://pay.example:port/", "https://user@pay.example/", "https://pay.example@evil.example/",
        "https://evil.example/", "https://pay.example.evil.example/", "https://evilpay.example/", "https:///",
        "https://127.1/", "https://0x7f000001/", "https://2130706433/", "https://0177.0.0.1/",
        "https://[::ffff:127.0.0.1]/", "https://localhost/", "https://pay.example%00.evil.example/", "",
    ],
)  # fmt: skip
def test_urls_that_may_not_be_called(url: str) -> None:
    with pytest.raises(AddressRefused):
        destination(url, hosts=HOSTS, resolve=public)


def test_a_named_host_on_the_public_internet_may_be_called() -> None:
    assert destination("https://pay.example/v1", hosts=HOSTS, resolve=public) == ("pay.example", "93.184.216.34", 443)
    assert destination("https://PAY.example.:8443/", hosts=HOSTS, resolve=public)[2] == 8443


def test_one_private_address_among_several_is_one_too_many() -> None:
    with pytest.raises(AddressRefused):
        destination("https://pay.example/", hosts=HOSTS, resolve=lambda host, port: ["1.1.1.1", "10.0.0.1"])


def test_a_host_that_was_named_but_is_private_is_refused_outside_the_demonstration() -> None:
    with pytest.raises(AddressRefused, match="public"):
        destination("https://10.0.0.5/", hosts=HOSTS, resolve=lambda host, port: [host])
    local = destination("http://127.0.0.1:8099/", hosts=HOSTS, is_local_allowed=True, resolve=lambda host, port: [host])
    assert local == ("127.0.0.1", "127.0.0.1", 8099)


def test_a_name_without_an_address_is_refused() -> None:
    with pytest.raises(AddressRefused, match="no address"):
        destination("https://pay.example/", hosts=HOSTS, resolve=lambda host, port: [])
