"""The file in a form, as browsers and curl -F send it: multipart/form-data (RFC 7578)."""

from email.message import Message
from email.parser import BytesHeaderParser

from app.web.problems import Problem


def file_of(body: bytes, content_type: str, field: str) -> tuple[bytes, str]:
    """The content and the name of the file in this field; a Problem where the form has none."""
    boundary = _header("content-type", content_type).get_param("boundary", header="content-type")
    if not isinstance(boundary, str):
        raise Problem(400, "The form names no boundary in its Content-Type; send the bytes of the file as the body.")
    for part in (b"\r\n" + body).split(b"\r\n--" + boundary.encode())[1:-1]:
        head, _, content = part.partition(b"\r\n\r\n")
        headers = BytesHeaderParser().parsebytes(head.lstrip(b"\r\n"))
        if headers.get_param("name", header="content-disposition") == field:
            return content, headers.get_filename() or ""
    raise Problem(400, f"The form has no complete field {field!r}; send the file in it (curl -F {field}=@name.csv).")


def _header(name: str, value: str) -> Message:
    message = Message()
    message[name] = value
    return message
