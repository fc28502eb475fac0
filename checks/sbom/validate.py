"""Validates bills of materials by other people's code: NAME.cdx.json as CycloneDX 1.6, NAME.spdx.json as SPDX 2.3."""

import sys

from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from spdx_tools.spdx.parser.parse_anything import parse_file
from spdx_tools.spdx.validation.document_validator import validate_full_spdx_document

wrong = 0
for name in sys.argv[1:]:
    if name.endswith(".cdx.json"):
        with open(name, encoding="utf-8") as file:
            error = JsonStrictValidator(SchemaVersion.V1_6).validate_str(file.read())
        messages = [str(error)] if error else []
    else:
        messages = [message.validation_message for message in validate_full_spdx_document(parse_file(name), "SPDX-2.3")]
    for message in messages[:5]:
        print(f"{name}: {message[:500]}")
    wrong += bool(messages)
print(f"{len(sys.argv) - 1 - wrong} passed, {wrong} failed")
sys.exit(1 if wrong else 0)
