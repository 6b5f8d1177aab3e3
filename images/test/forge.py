"""forge - what somebody who has no key can do to the signatures of a layout.

usage: forge.py LAYOUT OPERATION...

Digests and sizes are right afterwards, as they would be: only the signatures
can tell.
"""
import base64
import hashlib
import json
import sys

BUNDLE = "application/vnd.dev.sigstore.bundle.v0.3+json"
NAME = "org.opencontainers.image.ref.name"


def blob(digest):
    return "blobs/sha256/" + digest.removeprefix("sha256:")


class Layout:
    def __init__(self, folder):
        self.folder = folder
        self.index = json.loads(self.read("index.json"))
        self.entries = self.index["manifests"]

    def read(self, name):
        with open(f"{self.folder}/{name}", "rb") as file:
            return file.read()

    def put(self, descriptor, data):
        digest = "sha256:" + hashlib.sha256(data).hexdigest()
        with open(f"{self.folder}/{blob(digest)}", "wb") as file:
            file.write(data)
        descriptor.update(digest=digest, size=len(data))

    def save(self):
        with open(f"{self.folder}/index.json", "w",
                  encoding="utf-8") as file:
            json.dump(self.index, file)

    def change(self, entry, change):
        """Change the bytes of the first layer of an entry."""
        manifest = json.loads(self.read(blob(entry["digest"])))
        layer = manifest["layers"][0]
        self.put(layer, change(self.read(blob(layer["digest"]))))
        self.put(entry, json.dumps(manifest).encode())

    def change_manifest(self, entry, change):
        manifest = json.loads(self.read(blob(entry["digest"])))
        change(manifest)
        self.put(entry, json.dumps(manifest).encode())

    def bundles(self):
        return [e for e in self.entries if e.get("artifactType") == BUNDLE]

    def tags(self, suffix=".sig"):
        return [e for e in self.entries
                if e.get("annotations", {}).get(NAME, "").endswith(suffix)]


def in_envelope(change):
    def of_bytes(data):
        doc = json.loads(data)
        change(doc.get("dsseEnvelope", doc))
        return json.dumps(doc).encode()
    return of_bytes


def in_statement(old, new):
    def of_envelope(envelope):
        text = base64.b64decode(envelope["payload"])
        assert old in text
        envelope["payload"] = base64.b64encode(
            text.replace(old, new)).decode()
    return in_envelope(of_envelope)


def other(digest):
    return digest.replace(digest[:8], "00000000").encode()


def main(folder, *operations):
    x = Layout(folder)
    hexadecimal = x.entries[0]["digest"].removeprefix("sha256:")
    for operation in operations:
        if operation == "no-bundle":
            for entry in x.bundles():
                x.entries.remove(entry)
        elif operation == "no-tag":
            for entry in x.tags() + x.tags(".att"):
                x.entries.remove(entry)
        elif operation == "claim-reference":
            x.change(x.tags()[0], lambda b: b.replace(b"pause", b"evil!"))
        elif operation == "claim-digest":
            x.change(x.tags()[0], lambda b: b.replace(
                hexadecimal.encode(), other(hexadecimal)))
        elif operation == "claim-cut":
            x.change(x.tags()[0], lambda b: b[:-20])
        elif operation == "claim-twice":
            x.change(x.tags()[0], lambda b: b[:-1] + b',"critical":{}}')
        elif operation == "claim-no-signature":
            x.change_manifest(x.tags()[0],
                              lambda m: m["layers"][0].pop("annotations"))
        elif operation == "tag-is-image":
            image = json.loads(x.read(blob(x.entries[0]["digest"])))
            x.change_manifest(x.tags()[0],
                              lambda m: m.update(layers=image["layers"]))
        elif operation == "tag-of-other":
            tag = x.tags()[0]["annotations"]
            tag[NAME] = tag[NAME].replace(hexadecimal,
                                          other(hexadecimal).decode())
        elif operation == "bundle-digest":
            x.change(x.bundles()[0], in_statement(
                hexadecimal.encode(), other(hexadecimal)))
        elif operation == "bundle-statement":
            x.change(x.bundles()[0],
                     in_statement(b'"predicate":{}', b'"predicate":{"a":1}'))
        elif operation == "bundle-type":
            x.change(x.bundles()[0], in_envelope(
                lambda d: d.update(payloadType="text/html")))
        elif operation == "bundle-cut":
            x.change(x.bundles()[0], lambda b: b[:-20])
        elif operation == "bundle-hint":
            x.change(x.bundles()[0], lambda b: b.replace(
                b'"hint": "', b'"hint": "AAAA').replace(
                b'"hint":"', b'"hint":"AAAA'))
        else:
            raise SystemExit(f"no such operation: {operation}")
    x.save()


main(*sys.argv[1:])
