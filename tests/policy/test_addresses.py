"""Where our server may be sent by an address that somebody types: outside, or where it was allowed."""

import pytest

from policy.addresses import AddressRefused, PrivateHosts, is_public, may_be_called, target_of

NOWHERE = PrivateHosts()
INSIDE = (
    "127.0.0.1",
    "127.8.9.10",
    "0.0.0.0",
    "10.1.2.3",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "192.0.0.8",
    "192.0.2.1",
    "198.18.0.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "fe80::1",
    "fec0::1",
    "fe80::1%eth0",
    "fc00::1",
    "fd12:3456::1",
    "ff02::1",
    "2001:db8::1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::ffff:a9fe:a9fe",
    "::127.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b::10.0.0.1",
    "2002:7f00:1::",
    "2002:c0a8:101::1",
    "2001:0:7f00:1::",
    "localhost",
    "",
    "127.1",
)


@pytest.mark.parametrize("address", INSIDE)
def test_nothing_inside_is_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    "address", ["93.184.216.34", "8.8.8.8", "2606:2800:220:1::1", "::ffff:8.8.8.8", "64:ff9b::808:808"]
)
def test_the_internet_is(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("http://127.0.0.1/", "address_not_https"),
        ("https://127.0.0.1/", "address_private"),
        ("https://10.0.0.5:8443/hook", "address_private"),
        ("https://192.168.0.1/", "address_private"),
        ("https://169.254.169.254/latest/meta-data", "address_private"),
        ("https://[::1]/", "address_private"),
        ("https://[::ffff:7f00:1]/", "address_private"),
        ("https://[fd00::1]:8443/", "address_private"),
        ("https://localhost/", "address_private"),
        ("https://LOCALHOST./", "address_private"),
        ("https://printer/", "address_private"),
        ("https://nas.local/", "address_private"),
        ("https://metadata.google.internal/", "address_private"),
        ("https://2130706433/", "address_private"),
        ("https://crm.example:22/", "port_refused"),
        ("https://crm.example:25/", "port_refused"),
        ("https://crm.example:80/", "port_refused"),
        ("http://crm.example/", "address_not_https"),
        ("https://user:password@crm.example/", "address_with_password"),
        ("https://crm.example@127.0.0.1/", "address_with_password"),
        ("https://crm.example\\@127.0.0.1/", "address_wrong"),
        ("file:///etc/passwd", "address_wrong"),
        ("gopher://crm.example/", "address_wrong"),
        ("ftp://crm.example/", "address_wrong"),
        ("javascript:alert(1)", "address_wrong"),
        ("//crm.example/", "address_wrong"),
        ("crm.example", "address_wrong"),
        ("https://", "address_wrong"),
        ("https:///hook", "address_wrong"),
        ("https://crm .example/", "address_wrong"),
        ("https://crm.example:99999/", "address_wrong"),
        ("https://crm.example:0/", "port_refused"),
        ("https://[::1/", "address_wrong"),
        ("https://crm.example/" + "a" * 500, "address_wrong"),
        ("", "address_wrong"),
    ],
)
def test_what_is_refused_is_named(text: str, code: str) -> None:
    with pytest.raises(AddressRefused) as refused:
        target_of(text, NOWHERE)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("https://crm.example", "https://crm.example/"),
        (" https://CRM.Example:443/Hook?a=1&b=%20#part ", "https://crm.example/Hook?a=1&b=%20"),
        ("https://crm.example:8443/", "https://crm.example:8443/"),
        ("https://пример.рф/хук", "https://xn--e1afmkfd.xn--p1ai/%D1%85%D1%83%D0%BA"),
        ("https://[2606:2800:220:1::1]:8443/", "https://[2606:2800:220:1::1]:8443/"),
    ],
)
def test_an_address_has_one_form(text: str, normal: str) -> None:
    assert str(target_of(text, NOWHERE)) == normal
    assert str(target_of(normal, NOWHERE)) == normal


class TestAllowed:
    private = PrivateHosts.parse(["crm.local", "10.0.5.0/24", "127.0.0.1", "fd00::/8"])

    @pytest.mark.parametrize(
        "text",
        [
            "http://crm.local:8080/",
            "https://CRM.local/",
            "http://10.0.5.7/",
            "http://127.0.0.1:5000/",
            "https://[fd00::7]/",
        ],
    )
    def test_what_the_installation_names_may_be_called_as_it_is(self, text: str) -> None:
        assert target_of(text, self.private).host

    @pytest.mark.parametrize(
        "text", ["https://10.0.6.1/", "https://127.0.0.2/", "https://other.local/", "http://crm.example/"]
    )
    def test_its_neighbours_may_not(self, text: str) -> None:
        with pytest.raises(AddressRefused):
            target_of(text, self.private)

    def test_a_name_counts_wherever_it_leads_and_a_network_whatever_the_name(self) -> None:
        named = target_of("http://crm.local/", self.private)
        assert may_be_called(named, "192.168.7.7", self.private)
        outside = target_of("https://crm.example/", self.private)
        assert may_be_called(outside, "10.0.5.9", self.private)
        assert not may_be_called(outside, "10.0.6.9", self.private)


def test_a_name_that_leads_inside_is_not_called() -> None:
    target = target_of("https://crm.example/", NOWHERE)
    assert may_be_called(target, "93.184.216.34", NOWHERE)
    for address in INSIDE:
        assert not may_be_called(target, address, NOWHERE), address
