#!/usr/bin/env python3
"""A second verifier for Duewell case files, written from docs/spec/evidence.md alone.

It shares no code and no algorithm with the Rust verifier: the tree is walked by
the recursive definitions of RFC 6962. Needs Python 3.9 and `cryptography`.

Usage: independent_verify.py [--key KEY] FILE...
Prints `<status> <code> <reason>` per file; exits with the highest status
(0 intact, 1 flawed, 2 unreadable).
"""
import base64
import hashlib
import hmac
import json
import re
import sys
import zipfile

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

TOTAL_MAX = 1 << 30


class Flaw(Exception):
    def __init__(self, code, reason):
        super().__init__(reason)
        self.code = code


def need(condition, code, reason):
    if not condition:
        raise Flaw(code, reason)


def sha256(data):
    return hashlib.sha256(data).digest()


def b64(text):
    """Decodes base64 in its one canonical spelling, else returns None."""
    try:
        data = base64.b64decode(text.encode("ascii"), validate=True)
    except ValueError:
        return None
    return data if base64.b64encode(data).decode() == text else None


def decimal(text):
    return int(text) if re.fullmatch(r"0|[1-9][0-9]{0,19}", text, re.A) and int(text) < 2**64 else None


# Signed notes (c2sp.org/signed-note)


def read_key(text):
    match = re.fullmatch(r"([^\s+]+)\+([0-9a-f]{8})\+(.+)", text)
    raw = b64(match[3]) if match else None
    need(raw and len(raw) == 33 and raw[0] == 1, "manifest", f"not a verifier key: {text!r}")
    name = match[1]
    key_id = sha256(name.encode() + b"\n" + raw)[:4]
    need(key_id.hex() == match[2], "manifest", f"key id of {name} is wrong")
    return name, key_id, raw[1:]


def read_note(data, code):
    try:
        note = data.decode("utf-8")
    except UnicodeDecodeError:
        raise Flaw(code, "note is not UTF-8")
    need(not re.search(r"[\x00-\x09\x0b-\x1f]", note), code, "note has control characters")
    cut = note.rfind("\n\n")
    need(cut >= 0 and note.endswith("\n") and len(note) > cut + 2, code, "not a signed note")
    signatures = []
    for line in note[cut + 2 : -1].split("\n"):
        match = re.fullmatch(r"— ([^\s+]+) (\S+)", line)
        raw = b64(match[2]) if match else None
        need(raw and len(raw) > 4, code, f"not a signature line: {line!r}")
        signatures.append((match[1], raw[:4], raw[4:]))
    return note[: cut + 1], signatures


def check_note(text, signatures, keys, code):
    known = False
    for name, key_id, signature in signatures:
        for key_name, known_id, public in keys:
            if (name, key_id) == (key_name, known_id):
                try:
                    Ed25519PublicKey.from_public_bytes(public).verify(signature, text.encode())
                except InvalidSignature:
                    raise Flaw(code, f"signature of {name} is wrong")
                known = True
    need(known, code, "not signed by an expected key")


# Merkle tree (RFC 6962 section 2.1)


def node(left, right):
    return sha256(b"\x01" + left + right)


def split(size):
    return 1 << (size - 1).bit_length() - 1


def root_by_path(leaf, index, size, path):
    if size == 1:
        need(not path, "inclusion", "proof is too long")
        return leaf
    need(path, "inclusion", "proof is too short")
    k = split(size)
    if index < k:
        return node(root_by_path(leaf, index, k, path[:-1]), path[-1])
    return node(path[-1], root_by_path(leaf, index - k, size - k, path[:-1]))


def roots_by_subproof(old_size, size, whole, old_root, proof):
    if old_size == size:
        need(len(proof) == (0 if whole else 1), "consistency", "proof has a wrong length")
        return (old_root, old_root) if whole else (proof[0], proof[0])
    need(proof, "consistency", "proof is too short")
    k, last = split(size), proof[-1]
    if old_size <= k:
        old, new = roots_by_subproof(old_size, k, whole, old_root, proof[:-1])
        return old, node(new, last)
    old, new = roots_by_subproof(old_size - k, size - k, False, old_root, proof[:-1])
    return node(last, old), node(last, new)


# The parts of a case file


def read_checkpoint(files, path, manifest, keys):
    text, signatures = read_note(files[path], "checkpoint")
    lines = text[:-1].split("\n")
    need(len(lines) >= 3 and all(lines), "checkpoint", f"{path} is not a checkpoint")
    size, root = decimal(lines[1]), b64(lines[2])
    need(size is not None and root and len(root) == 32, "checkpoint", f"{path} is not a checkpoint")
    check_note(text, signatures, keys, "checkpoint")
    need(lines[0] == manifest["origin"], "origin", f"{path} is of another log")
    return size, root


def read_proof(data, head, checkpoint, code):
    tail = b"\n\n" + checkpoint
    need(data.startswith(head) and data.endswith(tail), code, "proof has a wrong form")
    try:
        lines = data[len(head) : -len(tail)].decode("ascii").split("\n")
    except UnicodeDecodeError:
        raise Flaw(code, "proof is not ASCII")
    number, hashes = decimal(lines[0]), [b64(line) for line in lines[1:]]
    good = number is not None and len(hashes) <= 64 and all(h and len(h) == 32 for h in hashes)
    need(good, code, "proof has a wrong form")
    return number, hashes


KEYS = ["book", "seq", "kind", "occurred", "recorded", "actor", "subject", "subject-seq", "prev", "rules", "payload"]
HIDDEN = re.compile("[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")
MOMENT = re.compile(r"(-00)?\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", re.A)


def unescape(text):
    plain = re.sub(r"\\(\\|u\{([0-9a-f]{1,6})\})", lambda m: chr(int(m[2], 16)) if m[2] else "\\", text)
    again = HIDDEN.sub(lambda m: f"\\u{{{ord(m[0]):x}}}", plain.replace("\\", "\\\\"))
    need(again == text, "envelope", f"not canonical: {text!r}")
    return plain


def read_envelope(data):
    try:
        lines = data.decode("utf-8").split("\n")
    except UnicodeDecodeError:
        raise Flaw("envelope", "envelope is not UTF-8")
    need(len(lines) == 13 and lines[0] == "duewell.event/1" and lines[12] == "", "envelope", "wrong lines")
    fields = {}
    for key, line in zip(KEYS, lines[1:12]):
        need(line.startswith(key + ": "), "envelope", f"expected {key}")
        fields[key] = unescape(line[len(key) + 2 :])
    for key in ("seq", "subject-seq"):
        fields[key] = decimal(fields[key])
        need(fields[key] is not None, "envelope", f"{key} is not a number")
    for key in ("prev", "payload"):
        need(re.fullmatch(r"[0-9a-f]{64}", fields[key]), "envelope", f"{key} is not a hash")
        fields[key] = bytes.fromhex(fields[key])
    need(all(MOMENT.fullmatch(fields[key]) for key in ("occurred", "recorded")), "envelope", "not a moment")
    return fields


def unique(pairs):
    need(len(dict(pairs)) == len(pairs), "manifest", "a name is there twice")
    return dict(pairs)


def read_manifest(data):
    try:
        manifest = json.loads(data.decode("utf-8"), object_pairs_hook=unique)
    except (ValueError, RecursionError) as error:
        raise Flaw("manifest", str(error))
    shape = {
        **dict.fromkeys(["format", "origin", "book", "subject", "made_at", "software"], str),
        **dict.fromkeys(["first_subject_seq", "last_subject_seq", "tree_size"], int),
        **dict.fromkeys(["keys", "erased", "files"], list),
    }
    good = isinstance(manifest, dict) and manifest.keys() == shape.keys()
    good = good and all(type(manifest[name]) is kind for name, kind in shape.items())
    good = good and all(isinstance(key, str) for key in manifest["keys"])
    good = good and all(type(number) is int and number >= 0 for number in manifest["erased"])
    good = good and all(isinstance(f, dict) and f.keys() == {"path", "size", "sha256"} for f in manifest["files"])
    need(good, "manifest", "unexpected fields")
    need(manifest["format"] == "duewell.case-file/1", "manifest", "unknown format")
    return manifest


def check_seal(files, manifest, trusted):
    need(manifest["keys"], "manifest", "no key")
    keys = [read_key(text) for text in manifest["keys"]]
    need("seal" in files, "missing", "seal")
    text, signatures = read_note(files["seal"], "seal")
    need(len(signatures) == 1, "seal", "not exactly one signature")
    digest = sha256(files["manifest.json"]).hex()
    expected = f"{manifest['format']}\n{manifest['origin']}\nsha256: {digest}\n"
    need(text == expected, "seal", "the seal is for another manifest")
    need(not trusted or keys[0] in trusted, "seal", "sealed with another key")
    check_note(text, signatures, keys[:1], "seal")
    return keys


def check_contents(files, manifest):
    count = manifest["last_subject_seq"] - manifest["first_subject_seq"] + 1
    listed = [entry["path"] for entry in manifest["files"]]
    need(0 < count <= len(listed), "manifest", "wrong number of events")
    numbers = [f"{n:06}" for n in range(count)]
    need(all(n < count for n in manifest["erased"]), "manifest", "erased an event that is not there")
    kept = [text for n, text in enumerate(numbers) if n not in manifest["erased"]]
    first = ["checkpoints/first", "consistency"]
    expected = [f"events/{n}.envelope" for n in numbers] + [f"payloads/{n}.bin" for n in kept]
    expected += [f"salts/{n}" for n in kept] + [f"proofs/{n}.tlog-proof" for n in numbers] + ["checkpoint"]
    expected += first if any(path in first for path in listed) else []
    expected += ["chronology.txt", "custodian-declaration.txt"]
    need(listed == expected, "manifest", "does not list the files of a case file")
    for entry in manifest["files"]:
        need(entry["path"] in files, "missing", entry["path"])
        data = files[entry["path"]]
        need(sha256(data).hex() == entry["sha256"], "content", entry["path"])
        need(len(data) == entry["size"], "manifest", "wrong size of " + entry["path"])
    extra = files.keys() - set(listed) - {"manifest.json", "seal"}
    need(not extra, "unexpected", str(sorted(extra)))
    return numbers


def check_event(files, manifest, position, number, before, checkpoint):
    envelope = files[f"events/{number}.envelope"]
    fields, leaf = read_envelope(envelope), sha256(b"\x00" + envelope)
    expected_seq = manifest["first_subject_seq"] + position
    need(fields["book"] == manifest["book"], "book", number)
    need(fields["subject"] == manifest["subject"], "subject", number)
    need(fields["subject-seq"] == expected_seq, "gap", number)
    if before:
        need(fields["seq"] > before[0]["seq"], "order", number)
        need(fields["prev"] == before[1], "chain", number)
    elif expected_seq == 0:
        need(fields["prev"] == bytes(32), "chain", number)
    if position not in manifest["erased"]:
        salt = re.fullmatch(rb"([0-9a-f]{64})\n", files[f"salts/{number}"])
        need(salt, "salt", number)
        salt = bytes.fromhex(salt[1].decode())
        found = hmac.new(salt, files[f"payloads/{number}.bin"], hashlib.sha256).digest()
        need(found == fields["payload"], "commitment", number)
    head = b"c2sp.org/tlog-proof@v1\nindex "
    index, path = read_proof(files[f"proofs/{number}.tlog-proof"], head, files["checkpoint"], "proof-form")
    size, root = checkpoint
    need(index == fields["seq"], "index", number)
    need(index < size and root_by_path(leaf, index, size, path) == root, "inclusion", number)
    return fields, leaf


def verify(files, trusted):
    need("manifest.json" in files, "missing", "manifest.json")
    manifest = read_manifest(files["manifest.json"])
    keys = check_seal(files, manifest, trusted)
    numbers = check_contents(files, manifest)
    checkpoint = read_checkpoint(files, "checkpoint", manifest, keys)
    need(checkpoint[0] == manifest["tree_size"], "manifest", "tree_size")
    before = None
    for position, number in enumerate(numbers):
        before = check_event(files, manifest, position, number, before, checkpoint)
    if "checkpoints/first" in files:
        old_size, old_root = read_checkpoint(files, "checkpoints/first", manifest, keys)
        named, proof = read_proof(files["consistency"], b"old ", files["checkpoint"], "consistency-form")
        need(named == old_size, "consistency-form", "for another size")
        size, root = checkpoint
        need(old_size <= size, "consistency", "the log shrank")
        if old_size == 0:
            need(not proof and old_root == sha256(b""), "consistency", "not the empty tree")
        else:
            found = roots_by_subproof(old_size, size, True, old_root, proof)
            need(found == (old_root, root), "consistency", "roots do not agree")


def read_zip(path):
    files = {}
    with zipfile.ZipFile(path) as archive:
        entries = [e for e in archive.infolist() if not (e.filename.endswith("/") and e.file_size == 0)]
        if sum(entry.file_size for entry in entries) > TOTAL_MAX:
            raise zipfile.BadZipFile("too large")
        for entry in entries:
            need(entry.filename not in files, "repeated", entry.filename)
            files[entry.filename] = archive.read(entry)
    return files


def judge(path, trusted):
    try:
        verify(read_zip(path), trusted)
    except Flaw as flaw:
        return 1, flaw.code, str(flaw)
    except (OSError, zipfile.BadZipFile, NotImplementedError, RuntimeError) as error:
        return 2, "unreadable", str(error)
    return 0, "intact", path


def main(arguments):
    trusted = []
    if arguments[:1] == ["--key"]:
        trusted, arguments = [read_key(arguments[1])], arguments[2:]
    verdicts = [judge(path, trusted) for path in arguments]
    for status, code, reason in verdicts:
        print(status, code, reason.replace("\n", " "))
    return max((status for status, _, _ in verdicts), default=2)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
