"""The words of mails: out of HTML, without what they quote, as plain text; and their language."""

import re
import unicodedata
from html import unescape

#: Said before what a reply quotes, by the programs that people here write with.
QUOTE_BEGINS = re.compile(
    r"^[ \t]*(?:"
    r"(?:On|Pada)\b[^\n]{0,200}(?:\n[^\n]{0,100})?\b(?:wrote|menulis)\s*:[ \t]*$"
    r"|-{2,}\s*(?:Original Message|Pesan Asli|Pesan asli|Forwarded message)\s*-{2,}"
    r"|_{20,}[ \t]*$"
    r"|(?:From|Dari):[^\n]{1,200}\n(?:Sent|Date|Dikirim|Tanggal|Terkirim):"
    r")",
    re.MULTILINE,
)
SIGNATURE = re.compile(r"^-- ?$", re.MULTILINE)
BLOCKS = frozenset(
    ("p", "div", "br", "li", "tr", "ul", "ol", "table", "blockquote", "hr", "pre", "h1", "h2", "h3", "h4")
)
UNSEEN_TAGS = frozenset(("script", "style", "head", "title", "template", "noscript"))
TAG = re.compile(r"<(?:(?P<comment>!--)|(?P<closes>/?)(?P<name>[a-z][a-z0-9:-]{0,40})|[!?])")
COMMENT_ENDS, TAG_ENDS = "-->", ">"
#: Words that stand in nearly every text of one of the languages and in none of the other.
INDONESIAN = frozenset(
    {
        *("yang", "dan", "saya", "tidak", "untuk", "dengan", "ini", "itu", "dari", "ada", "sudah", "belum"),
        *("karena", "di", "ke", "pada"),
    }
)
ENGLISH = frozenset(
    {
        *("the", "and", "is", "was", "not", "have", "has", "for", "with", "this", "that", "my", "of", "to"),
        *("were", "been", "because"),
    }
)
FEWEST_ENGLISH_WORDS = 3


def of_html(source: str) -> str:
    """Return what an HTML text says, in lines. Addresses of links and images are left out.

    Each sign is looked at once: the standard library's reader takes hours over what is made for that.
    """
    small, words, at = source.lower(), [], 0
    while at < len(source):
        begins = source.find("<", at)
        if begins < 0:
            begins = len(source)
        words.append(re.sub(r"\s+", " ", unescape(source[at:begins])))
        tag = TAG.match(small, begins)
        if tag is None:
            # No tag, but a sign that somebody wrote, or the end.
            words.append(source[begins : begins + 1])
            at = begins + 1
            continue
        name = tag["name"] or ""
        hides = name in UNSEEN_TAGS and not tag["closes"]
        ends = COMMENT_ENDS if tag["comment"] else f"</{name}" if hides else TAG_ENDS
        found = small.find(ends, tag.end())
        if found < 0:
            break
        at = found if hides else found + len(ends)
        if name in BLOCKS:
            words.append("\n- " if name == "li" and not tag["closes"] else "\n")
    return "".join(words)


def cleaned(text: str) -> str:
    """Return `text` normalised, without signs that do not show, and with at most one empty line in a row."""
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    kept = "".join(each for each in text if each in "\n\t" or not is_unseen(each))
    lines = [line.rstrip() for line in kept.split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def one_line(text: str) -> str:
    """Return `text` as one line without signs that do not show."""
    return " ".join("".join(each if not is_unseen(each) else " " for each in text).split())


def is_unseen(character: str) -> bool:
    """Tell whether a sign does not show, or makes others show otherwise than they read."""
    directional = "\u202a" <= character <= "\u202e" or "\u2066" <= character <= "\u2069"
    return directional or unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp")


def without_quotes(text: str) -> str:
    """Return a reply without what it quotes and without its signature; all of it when nothing is left."""
    begins = QUOTE_BEGINS.search(text)
    own = text[: begins.start()] if begins else text
    signed = SIGNATURE.search(own)
    own = own[: signed.start()] if signed else own
    own = cleaned("\n".join(line for line in own.split("\n") if not line.lstrip().startswith(">")))
    return own or text


def language_of(text: str) -> str:
    """Return 'en' for what is plainly English, else 'id'."""
    words = re.findall(r"[a-z]+", text.lower())
    english = sum(word in ENGLISH for word in words)
    indonesian = sum(word in INDONESIAN for word in words)
    return "en" if english >= FEWEST_ENGLISH_WORDS and english > indonesian else "id"


def shortened(text: str, longest: int, *, ending: str = "…") -> str:
    """Return at most `longest` characters of `text`, with `ending` where something was left out."""
    return text if len(text) <= longest else text[: longest - len(ending)].rstrip() + ending
