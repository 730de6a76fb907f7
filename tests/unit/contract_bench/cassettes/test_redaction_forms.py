"""Forms of secrets and personal data, each in a place where it was or could be met.

What must be gone is marked `«so»`.
"""

import base64
import re
from collections.abc import Callable
from dataclasses import replace
from urllib.parse import quote

from contract_bench.cassettes.model import Interaction
from contract_bench.cassettes.redaction import Redactor
from tests.support.cases import for_each
from tests.support.interactions import contact, interaction, page

MARK = re.compile("«([^»]+)»")

MESSAGES = """
Hello «Kari Nordmann»
«Kari» was not found
Contact «Jürgen Groß» exists already
Owner «O'Hara» is inactive
mail «kari.o'hara»@«acme.no» bounced
mail «kari»&#64;«acme.no» bounced
mail «kari»%40«acme.no» bounced
mail «kari»%2540«acme.no» bounced
mail «kari» at «acme» dot no bounced
mail «kåre@blåbær.no» bounced
mailto:«jane.doe+tag@acme.co.uk»
call «912 34 567» please
call «+47 912 34 567» please
call «0047 91234567» now
call «(555) 123-4567» now
call «555-0123-99» now
tel:«+4791234567»
fax «22 33 44 55»
IBAN «NO93 8601 1117 947»
IBAN «NO9386011117947» is wrong
IBAN «DE89370400440532013000»
IBAN «FR1420041010050500013M02606»
IBAN «ES9121000418450200051332»
account «1234.56.78903»
card «4111 1111 1111 1111» declined
card «4111111111111111» declined
card «5500-0000-0000-0004» declined
person «01018012345» is unknown
fnr «010180 12345» is unknown
personnummer «19800101-1234» is wrong
CPR «010180-1234» is wrong
SSN «078-05-1120» is wrong
NINO «QQ123456C» is wrong
NIR «1 80 01 75 116 001 67» is wrong
DNI «12345678Z» is wrong
NIE «X1234567L» is wrong
Steuer-ID «12 345 678 901» is wrong
codice «RSSMRA80A01H501U» is wrong
BSN «123456782» is wrong
passport «N1234567» expired
Reisepass «C01X00T47» expired
born on «1980-01-01»
born «01.01.1980»
born «1 January 1980»
born «01/02/80»
lives at «Storgata 1», «0155 Oslo»
lives in «Rue de la Paix 5»
IP «192.0.2.17» is blocked
IP «2001:db8::17» is blocked
host «kari-pc.acme.local» is down
user «acme\\kari» is locked
@«karinordmann» wrote
PIN is «4711»
PIN «0815»
code «123456» was sent
salary «650000» is too high
salary «650 000» NOK
latitude «59.9139», longitude «10.7522»
password is «hunter2»
password is «correct horse battery staple»
password: «swordfish»
passord er «hemmelig1»
Passwort ist «geheim12»
mot de passe est «azerty12»
pw=«abc»
Bearer «abcdefghijklmnop»
Bearer «abc»
Authorization: Basic «a2FyaTpub3JkbWFubg==»
token «abcdef» is unknown
token=«abcdef»
api key «0123456789abcdef0123456789abcdef»
key «sk_live_51H0000000000000»
key «rk_test_51H0000000000000»
key «AIzaSyA00000000000000000000000000000000»
key «AKIAIOSFODNN7EXAMPLE»
key «ghp_000000000000000000000000000000000000»
key «github_pat_11AAAAAAA0aaaaaaaaaaaa»
key «glpat-00000000000000000000»
key «xoxb-0000000000-aaaaaaaaaa»
hook https://hooks.slack.com/services/«T00000000/B00000000/XXXXXXXXXXXXXXXX»
key «pat-na1-0a1b2c3d»
key «pat-eu1-00000000-1111-4222-8333-444444444444»
jwt «eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0.c2ln»
cookie __cf_bm=«abc.def»; path=/
https://«kari»:«geheim»@api.hubapi.com/x
see https://«kari-nordmann».hs-sites.com/page
see https://api.hubapi.com/x?name=«Kari»
the deal of «Ola» and «Kari» is lost
«Nordmann, Kari» <«kari@acme.no»>
{"name":"«Kari»"}
wrong: {"a":{"b":["«Kari»"]}}
Property values were not valid: [{"isValid":false,"message":"«Kari» was not one of the allowed options"}]
Property values were not valid: [{"message":"{\\"x\\":\\"«Kari»\\"}"}]
«кирилл» и «мефодий»
«山田太郎» 様
«محمد»
&#75;&#97;&#114;&#105; «Nordmann»
\\u004bari «Nordmann»
«K a r i»
«kari»
"""
PAGES = """
<html><body>«Kari Nordmann»</body></html>
<html><title>«Kari»</title></html>
<p title="«Kari»">x</p>
<a href="https://x.test/?u=«kari»">x</a>
<!-- «Kari» --><p>x</p>
<script>var user = "«kari»";</script>
<p>«kari»&#64;«acme.no»</p>
<h1>500</h1><pre>at com.acme.«Kari».run</pre>
<p data-token=«hunter2»>x</p>
<b>«Kari»</b>
<h1>«12345678901»</h1>
<title>«acme.no» | 522</title>
plain «Kari» page
error of «Kari»: 4711
«Kari»
"""
# Names of properties with values, in the languages of the connectors' users.
NAMED = """
personnummer=«01018012345» fodselsnummer=«010180» fødselsnr=«1» fnr=«12» dnr=«41018012345» d_nummer=«3»
fodselsdato=«1980-01-01» født=«1980-01-01T00:00:00Z» fodselsdag=«3» passnummer=«123456» pass_nr=«7»
kontonummer=«12345678903» konto=«1» skatt=«12» lonn=«650000» orgnr=«123456789» førerkort=«12» helse=«vip»
kjonn=«mann» national_id=«123456» passport_id=«123456» passport=«1» tax_id=«123456» taxid=«12» vat=«12»
vat_number=«123» ssn=«1» social_security_number=«12» person_id=«12» person_ids=«1;2» whatsapp_id=«4791234567»
customer_id=«12» identity_card=«1» national_insurance_number=«12» driving_licence=«1» drivers_license=«1»
bank_account=«1» account_number=«12» sort_code=«12» iban=«1» bic=«nor» swift_code=«nor» credit_card=«4111»
card_number=«1» cvv=«123» pin=«4711» salary=«650000» income=«7.5» date_of_birth=«1980-01-01» dob=«1980-01-01»
gender=«female» nationality=«norwegian» medical_record=«1» latitude=«59.9» steuer_id=«12» steuernummer=«12»
steuerid=«12» ausweis=«1» personalausweisnummer=«1» reisepass=«1» svnr=«12» blz=«37040044»
sozialversicherungsnummer=«1» kontonr=«1» bankverbindung=«1» geburtsdatum=«1980-01-01» geboren=«1980-01-01»
gehalt=«5000» fuhrerschein=«1» führerschein=«1» geschlecht=«w» ust_id=«1» krankenkasse=«aok»
numero_securite_sociale=«1» nir=«1» passeport=«1» numero_fiscal=«1» siret=«1» siren=«1» rib=«1» compte_bancaire=«1»
date_de_naissance=«1980-01-01» naissance=«1980-01-01» permis_de_conduire=«1» carte_bancaire=«1» salaire=«3000»
sante=«bonne» dni=«1» nie=«1» nif=«1» cif=«1» pasaporte=«1» seguridad_social=«1» cuenta_bancaria=«1»
fecha_de_nacimiento=«1980-01-01» nacimiento=«1980-01-01» tarjeta=«1» sueldo=«1200» carnet_de_conducir=«1» cedula=«1»
curp=«1» rfc=«1» cpr=«1» cpr_nummer=«1» korekort=«1» adgangskode=«hemmelig» samordningsnummer=«1» korkort=«1»
personnr=«1» fodelsedatum=«1980-01-01» bsn=«1» burgerservicenummer=«1» paspoort=«1» rekeningnummer=«1»
geboortedatum=«1980-01-01» codice_fiscale=«1» partita_iva=«1» passaporto=«1» conto_corrente=«1»
data_di_nascita=«1980-01-01» shoe_size=«42» children=«3» vip_level=«gold» plan=«pro» score_of_ours=«9.5»
member_since=«2019-05-01» last_seen=«1762104088373» favourite_colour=«red»
our_uuid=«0a1b2c3d-aaaa-4bbb-8ccc-dddddddddddd» notes_of_ours=«ill» a=«b1» x=«-5» amount=«1200» num_children=«3»
total_salary=«650000» days_ill=«12» recent_illness=«flu» hs_ip_city=«oslo» hs_latitude=«59.9»
hs_object_source_label=«kari» hs_lead_status=«kari» lifecyclestage=«hunter2» hs_analytics_source=«Kari»
hs_x_id=«kari» hs_all_owner_ids=«1;kari» hs_language=«Kari» pipeline=«kari» dealstage=«Kari_Nordmann»
hs_country=«no» hs_object_id=«01018012345x»
"""
# Keys of the API that can hold a name.
PROTOCOL = """
label=«912 34 567» label=«K a r i» label=«Kari» status=«Kari» status=«KARI» description=«Kari» code=«hunter2»
code=«kari» scopes=«kari» scope=«Kari» category=«KARI» subCategory=«crm.Kari» type=«Kari» fieldType=«kari»
operator=«KARI» direction=«Kari» sourceType=«KARI» sourceLabel=«Kari» sourceId=«kari» policyName=«KARI»
groupName=«Kari» errorType=«KARI» error=«kari @ acme» in=«Kari» id=«AB-1234» id=«kari» ids=«AB-1»
correlationId=«kari» requestId=«Kari» objectWriteTraceId=«Kari» existingId=«kari» createdAt=«Kari» timestamp=«Kari»
updatedAt=«1980» after=«kari» after=«a2FyaQ==» offset=«kari» propertyName=«Kari Nordmann» idProperty=«Kari»
objectType=«Kari» timeZone=«Europe/Kari» companyCurrency=«KARI» uiDomain=«kari.hs-sites.com» accountType=«KARI»
token_type=«kari» grant_type=«kari» localizedErrorMessage=«Kari» documentation=«Kari» name=«Kari» title=«Kari»
externalOptions=«Kari» url=https://acme.no/«kari» url=https://«kari».acme.no/
link=https://api.hubapi.com/crm/v3/objects/contacts?after=«kari» link=https://api.hubapi.com/x?q=«kari»
url=https://app.hubspot.com/contacts/62515/record/0-1/«kari» uri=ftp://«kari»/ href=https://x.test/#«kari»
url=javascript:«kari» value=«kari» anything=«KARI» anything=«kari_nordmann» domain=«acme.no» hub_domain=«acme.no»
user=«kari@acme.no» query=«kari» fullName=«Kari» detail=«Kari» reason=«Kari» detail=«4711»
"""
URLS = """
https://api.hubapi.com/crm/v3/objects/contacts/«kari»
https://api.hubapi.com/crm/v3/objects/contacts/«Kari%20Nordmann»
https://api.hubapi.com/crm/v3/objects/contacts/«%4b%61%72%69»
https://api.hubapi.com/crm/v3/objects/contacts/«AB-1234»
https://api.hubapi.com/crm/v3/objects/«Kari»
https://api.hubapi.com/crm/v3/objects/contacts/«01018012345x»
https://api.hubapi.com/crm/v3/objects/contacts?«kari»
https://api.hubapi.com/crm/v3/objects/contacts?«12345678901»
https://api.hubapi.com/crm/v3/objects/contacts?«hunter2»&limit=1
https://api.hubapi.com/crm/v3/objects/contacts?q=«kari»
https://api.hubapi.com/crm/v3/objects/contacts?after=«kari»
https://api.hubapi.com/crm/v3/objects/contacts?after=«hunter2»
https://api.hubapi.com/crm/v3/objects/contacts?offset=«Kari»
https://api.hubapi.com/crm/v3/objects/contacts?properties=email,«Kari Nordmann»
https://api.hubapi.com/crm/v3/objects/contacts?properties=«kari@acme.no»
https://api.hubapi.com/crm/v3/objects/contacts?properties=«Kari»
https://api.hubapi.com/crm/v3/objects/contacts?properties=n«01018012345»
https://api.hubapi.com/crm/v3/objects/contacts?properties=«sk_live_51H0000000000000»
https://api.hubapi.com/crm/v3/objects/contacts?associations=«Kari»
https://api.hubapi.com/crm/v3/objects/contacts?limit=«kari»
https://api.hubapi.com/crm/v3/objects/contacts?limit=«12345678901»
https://api.hubapi.com/crm/v3/objects/contacts?archived=«kari»
https://api.hubapi.com/crm/v3/objects/contacts?pin=«4711»
https://api.hubapi.com/crm/v3/objects/contacts?«Kari Nordmann»=1
https://api.hubapi.com/crm/v3/objects/contacts?access_token=«abc»
https://api.hubapi.com/crm/v3/objects/contacts?a%63cess_token=«abc»
https://api.hubapi.com/crm/v3/objects/contacts?code=«abc»
https://api.hubapi.com/crm/v3/objects/contacts?hapikey=«12»
https://api.hubapi.com/crm/v3/objects/contacts?redirect_uri=https://«kari».acme.no/cb
https://api.hubapi.com/crm/v3/objects/contacts?client_id=«kari»
https://api.hubapi.com/crm/v3/objects/contacts?locale=«kari»
https://api.hubapi.com/crm/v3/objects/contacts/«kari»?idProperty=email
https://api.hubapi.com/crm/v3/objects/contacts/«4711»?idProperty=pin
https://api.hubapi.com/crm/v3/objects/contacts#«kari»
https://«kari»@api.hubapi.com/x
https://«kari-nordmann».hs-sites.com/x
https://«acme.no»/crm/v3/objects/contacts
https://api.hubapi.com.«acme.no»/x
https://«192.0.2.17»/x
https://[«2001:db8::17»]/x
https://api.hubapi.com/oauth/v1/access-tokens/«abc»
https://api.hubapi.com/oauth/v1/refresh-tokens/«abc»
https://api.hubapi.com/contacts/v1/contact/email/«kari@acme.no»/profile
https://api.hubapi.com/contacts/v1/search/query?q=«kari%2540acme.no»
https://api.hubapi.com/crm/v3/properties/contacts/«Kari»
"""
HEADERS = """
Location: https://x.test/?code=«hunter2»
Location: /crm/v3/objects/contacts/«kari»
Location: https://«kari».acme.no/
Link: <https://x.test/?access_token=«abc»>; rel="next"
Set-Cookie: session=«abc»
Set-Cookie: «kari»=1
Server: «kari-pc»
Server: Apache/2.4 («acme»)
Date: «Kari»
Retry-After: «kari»
WWW-Authenticate: Bearer realm="«Kari»"
Content-Type: text/html; charset=«kari»
Content-Type: «kari/nordmann»
Cache-Control: private="«kari»"
Allow: «KARI»
Vary: «X-Kari»
Deprecation: «kari»
X-HubSpot-Correlation-Id: «kari»
X-HubSpot-NotFound: «kari@acme.no»
X-HubSpot-RateLimit-Daily: «12345678901»
X-Anything: «kari»
"""
KEYS = """
«Kari Nordmann» «kari@acme.no» «01018012345» «n01018012345» «pat-na1-00000000-1111-4222-8333-444444444444» «Kari»
«sk_live_51H0000000000000» «0123456789abcdef0123456789abcdef» «+4791234567» «Åse» «12345» «912 34 567» «192.0.2.17»
«eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0.c2ln» «DE89370400440532013000»
"""
REASONS = [
    "«Kari» Not Found",
    "«kari@acme.no»",
    "token «hunter2» expired",
    "«12345678901»",
    "Not Found for «Ola»",
    "«Kari»",
]
METHODS = ["«KARI»", "«hunter2»"]
TIMES = ["«Kari»", "2026-01-01T00:00:00Z «Kari»"]
BODIES = """
«Kari»
id,name\\n1,«Kari»
{"name":"«Kari»"
{"name":"«Kari»"}{"a":1}
"«Kari»"
4711«0815»
["«Kari»"]
name=«Kari»&limit=1
«Kari»=1
{"token":"«hunter2»","token":""}
{"email":"","email":"«kari@acme.no»"}
{"properties":{"pin":"«4711»","pin":""}}
{"a":{"b":"«Kari»","b":null}}
{"id":"«kari»","id":"1"}
{"propertyName":"city","propertyName":"n","value":"«Oslo»"}
{"salary":«650000»}
{"pin":«4711»}
{"lat":«59.9139»}
{"n":«12345678901234567890»}
{"n":«1e400»}
{"status":«4711»,"code":«12345678901»}
--x\\r\\nContent-Disposition: form-data; name="a"\\r\\n\\r\\n«Kari»\\r\\n--x--
<contact><name>«Kari»</name></contact>
"""


def _answer(status: int) -> Callable[[str], Interaction]:
    return lambda text: interaction(answer=text.replace("\\n", "\n").replace("\\r", "\r").encode(), status=status)


def _message(text: str) -> Interaction:
    return interaction(answer={"status": "error", "message": text}, status=400)


def _header(line: str) -> Interaction:
    name, _, value = line.partition(": ")
    return interaction(headers={name: (value.encode().decode("latin-1"),)})


def _with(place: str) -> Callable[[str], Interaction]:
    def put(text: str) -> Interaction:
        one = interaction()
        match place:
            case "reason":
                return replace(one, response=replace(one.response, reason=text))
            case "method":
                return replace(one, request=replace(one.request, method=text))
        return replace(one, recorded_at=text)

    return put


def _named(pair: str) -> Interaction:
    name, _, value = pair.partition("=")
    return interaction(answer=page(contact(1, **{name: value})))


def _protocol(pair: str) -> Interaction:
    name, _, value = pair.partition("=")
    return interaction(answer={"results": [{name: value}]})


def _lines(text: str) -> list[str]:
    return [line for line in text.split("\n") if line]


FORMS: list[tuple[Callable[[str], Interaction], str]] = [
    *(
        (lambda text: interaction(answer={"status": "error", "message": text}, status=400), one)
        for one in _lines(MESSAGES)
    ),
    *((_answer(502), one) for one in _lines(PAGES)),
    *((_named, one) for one in NAMED.split()),
    *((_protocol, one) for one in re.split(r"\s+(?=\w+=)", PROTOCOL.strip())),
    *((interaction, one) for one in _lines(URLS)),
    *((_header, one) for one in _lines(HEADERS)),
    *((lambda key: interaction(answer={"results": [{key: None}]}), one) for one in re.findall("«[^»]+»", KEYS)),
    *((_with(place="reason"), one) for one in REASONS),
    *((_with(place="method"), one) for one in METHODS),
    *((_with(place="time"), one) for one in TIMES),
    *((_answer(200), one) for one in _lines(BODIES)),
    *((lambda text: interaction(method="POST", body=text.encode()), one) for one in _lines(BODIES)),
]


def spellings(secret: str) -> set[str]:
    """Return a value as it is and as it can be encoded."""
    plain = secret.encode()
    coded = {quote(secret, safe=""), base64.b64encode(plain).decode(), plain.hex(), secret.encode().decode("latin-1")}
    return {secret, *(one for one in coded if len(one) > 3)}


def everything(*interactions: Interaction) -> str:
    """Return all texts of a recording."""
    parts = []
    for one in interactions:
        parts += [one.request.method, one.request.uri, one.request.body.decode(errors="replace"), str(one.recorded_at)]
        parts += [one.response.reason, one.response.body.decode(errors="replace")]
        parts += [f"{one.request.headers} {one.response.headers}"]
    return "\n".join(parts)


@for_each(("put", "form"), FORMS, ids=[f"{at}-{form[:40]}" for at, (_, form) in enumerate(FORMS)])
def test_form_is_gone(put: Callable[[str], Interaction], form: str) -> None:
    """It is found by lint, it is gone after recording, and then lint finds nothing."""
    secrets = MARK.findall(form)
    original = put(MARK.sub(r"\1", form))
    untouched = everything(put(MARK.sub("", form)))

    redacted = Redactor(b"key").redact((original,))

    text = everything(*redacted.interactions)
    assert secrets
    assert redacted.changes
    for secret in secrets:
        for spelling in spellings(secret):
            limit = untouched.lower().count(spelling.lower())
            if len(spelling) > 2:  # a shorter one may be part of a pseudonym
                assert text.lower().count(spelling.lower()) <= limit, text
    assert Redactor(b"lint").redact(redacted.interactions).changes == ()


def test_there_are_three_hundred_forms() -> None:
    assert len(FORMS) >= 300
