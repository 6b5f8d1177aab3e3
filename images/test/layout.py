"""layout - an OCI layout with one layer, made of a tar file, for tests.

usage: layout.py TAR DIR
"""
import gzip
import hashlib
import json
import os
import sys

IMAGE = "application/vnd.oci.image."


def put(folder, data, kind):
    digest = hashlib.sha256(data).hexdigest()
    os.makedirs(f"{folder}/blobs/sha256", exist_ok=True)
    with open(f"{folder}/blobs/sha256/{digest}", "wb") as blob:
        blob.write(data)
    return {"mediaType": kind, "digest": f"sha256:{digest}",
            "size": len(data)}


def main(tar, folder):
    with open(tar, "rb") as file:
        content = file.read()
    layer = put(folder, gzip.compress(content, mtime=0),
                IMAGE + "layer.v1.tar+gzip")
    config = put(folder, json.dumps({
        "architecture": "amd64", "os": "linux",
        "config": {"Entrypoint": ["/a"]},
        "rootfs": {"type": "layers", "diff_ids": [
            "sha256:" + hashlib.sha256(content).hexdigest()]},
    }).encode(), IMAGE + "config.v1+json")
    manifest = put(folder, json.dumps({
        "schemaVersion": 2, "mediaType": IMAGE + "manifest.v1+json",
        "config": config, "layers": [layer],
    }).encode(), IMAGE + "manifest.v1+json")
    manifest["annotations"] = {"org.opencontainers.image.ref.name": "it"}
    with open(f"{folder}/index.json", "w", encoding="utf-8") as index:
        json.dump({"schemaVersion": 2, "manifests": [manifest]}, index)
    with open(f"{folder}/oci-layout", "w", encoding="utf-8") as mark:
        json.dump({"imageLayoutVersion": "1.0.0"}, mark)


main(*sys.argv[1:])
