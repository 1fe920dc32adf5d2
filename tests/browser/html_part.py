"""Prints the HTML part of a message. usage: html_part.py FILE"""
import email
import email.policy
import sys

with open(sys.argv[1], "rb") as file:
    message = email.message_from_binary_file(file,
                                             policy=email.policy.default)
part = message.get_body(preferencelist=("html",))
if part is None:
    sys.exit("%s: no HTML part" % sys.argv[1])
sys.stdout.reconfigure(encoding="utf-8")
print(part.get_content())
