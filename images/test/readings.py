"""readings - layouts that two readers could take for different images.

usage: readings.py                     prints the names of the cases
       readings.py CASE LAYOUT         changes the layout in place
       readings.py CASE LAYOUT TAR     and writes it as a tar; some cases are
                                       of tars alone

LAYOUT is a copy of one that `keelson image build` made.
"""
import hashlib
import io
import json
import os
import sys
import tarfile

IMAGE = "application/vnd.oci.image."


def read(folder, name):
    with open(f"{folder}/{name}", "rb") as file:
        return file.read()


def write(folder, name, data):
    with open(f"{folder}/{name}", "wb") as file:
        file.write(data)


def blob(digest):
    return "blobs/sha256/" + digest.removeprefix("sha256:")


class Layout:
    """The documents of a layout; texts, so that keys may occur twice."""

    def __init__(self, folder):
        self.folder = folder
        self.index = read(folder, "index.json").decode()
        entries = json.loads(self.index)["manifests"]
        self.image = entries[0]
        self.referrer = entries[1]
        self.manifest = read(folder, blob(self.image["digest"])).decode()
        parsed = json.loads(self.manifest)
        self.layer, self.config_at = parsed["layers"][0], parsed["config"]
        self.config = read(folder, blob(self.config_at["digest"])).decode()

    def put(self, text, kind):
        data = text.encode()
        digest = "sha256:" + hashlib.sha256(data).hexdigest()
        write(self.folder, blob(digest), data)
        return {"mediaType": kind, "digest": digest, "size": len(data)}

    def save(self):
        """Write manifest and index anew, with the digests that follow."""
        old = json.dumps(self.config_at, separators=(",", ":"))
        new = self.put(self.config, self.config_at["mediaType"])
        assert old in self.manifest or new == self.config_at
        self.manifest = self.manifest.replace(
            self.config_at["digest"], new["digest"]).replace(
            f'"size":{self.config_at["size"]}', f'"size":{new["size"]}', 1)
        entry = self.put(self.manifest, self.image["mediaType"])
        self.index = self.index.replace(
            self.image["digest"], entry["digest"], 1).replace(
            f'"size":{self.image["size"]}', f'"size":{entry["size"]}', 1)
        write(self.folder, "index.json", self.index.encode())

    def evil(self):
        """An image of one file, `evil`; its entry of the index."""
        tar = io.BytesIO()
        with tarfile.open(fileobj=tar, mode="w") as out:
            member = tarfile.TarInfo("evil")
            member.size = 4
            out.addfile(member, io.BytesIO(b"evil"))
        data = tar.getvalue()
        digest = "sha256:" + hashlib.sha256(data).hexdigest()
        write(self.folder, blob(digest), data)
        layer = {"mediaType": IMAGE + "layer.v1.tar", "digest": digest,
                 "size": len(data)}
        config = self.put(json.dumps({
            "architecture": "amd64", "os": "linux", "config": {},
            "rootfs": {"type": "layers", "diff_ids": [digest]},
        }), IMAGE + "config.v1+json")
        return self.put(json.dumps({
            "schemaVersion": 2, "mediaType": IMAGE + "manifest.v1+json",
            "config": config, "layers": [layer],
        }), IMAGE + "manifest.v1+json")


def text(value):
    return json.dumps(value, separators=(",", ":"))


def evil_entry(layout):
    entry = layout.evil()
    entry["annotations"] = layout.image["annotations"]
    return entry


# ---- cases: each changes a Layout -------------------------------------------
def good(_):
    pass


def index_twice(x):
    x.index = x.index[:-1] + f',"manifests":[{text(evil_entry(x))}]}}'


def index_case(x):
    x.index = x.index[:-1] + f',"Manifests":[{text(evil_entry(x))}]}}'


def index_kelvin_free(x):
    """The long s folds to s, for encoding/json."""
    x.index = x.index[:-1] + \
        f',"manifest\u017f":[{text(evil_entry(x))}]}}'


def index_no_type(x):
    x.index = x.index.replace('"schemaVersion":2', '"schemaVersion":1', 1)


def index_of_indexes(x):
    inner = x.put(text({"schemaVersion": 2,
                        "mediaType": IMAGE + "index.v1+json",
                        "manifests": [evil_entry(x)]}),
                  IMAGE + "index.v1+json")
    x.index = x.index.replace('"manifests":[', f'"manifests":[{text(inner)},',
                              1)


def index_hides_a_platform(x):
    """Readers take it by its platform; its tag says that it is signatures."""
    evil = x.evil()
    manifest = json.loads(read(x.folder, blob(evil["digest"])))
    manifest["layers"][0]["mediaType"] = \
        "application/vnd.dev.cosign.simplesigning.v1+json"
    child = x.put(text(manifest), evil["mediaType"])
    child["platform"] = {"os": "linux", "architecture": "amd64"}
    child["annotations"] = {"dev.keelson.tag": f"sha256-{'0' * 64}.sig"}
    inner = x.put(text({"schemaVersion": 2,
                        "mediaType": IMAGE + "index.v1+json",
                        "manifests": [child]}),
                  IMAGE + "index.v1+json")
    x.index = x.index.replace('"manifests":[', f'"manifests":[{text(inner)},',
                              1)


def index_docker_entry(x):
    entry = evil_entry(x)
    entry["mediaType"] = \
        "application/vnd.docker.distribution.manifest.v2+json"
    x.index = x.index.replace('"manifests":[', f'"manifests":[{text(entry)},',
                              1)


def referrer_is_an_image(x):
    entry = evil_entry(x)
    entry["artifactType"] = "application/spdx+json"
    x.index = x.index.replace('"manifests":[', f'"manifests":[{text(entry)},',
                              1)


def manifest_twice(x):
    x.manifest = x.manifest[:-1] + f',"layers":[{text(x.layer)}]}}'


def manifest_case(x):
    x.manifest = x.manifest[:-1] + f',"Layers":[{text(x.layer)}]}}'


def manifest_type(x):
    x.manifest = x.manifest.replace(
        IMAGE + "manifest", "application/vnd.docker.image.", 1)


def layer_type(x):
    x.manifest = x.manifest.replace(IMAGE + "layer.v1.tar+gzip", "text/html")


def layer_elsewhere(x):
    x.manifest = x.manifest.replace(
        f'"digest":"{x.layer["digest"]}"',
        f'"urls":["https://example.org/"],"digest":"{x.layer["digest"]}"')


def config_twice(x):
    x.config = x.config[:-1] + ',"config":{"Entrypoint":["/evil"]}}'


def config_user(x):
    x.config = x.config.replace('"config":{', '"config":{"user":"0",', 1)


def config_diff_ids(x):
    x.config = x.config.replace('"diff_ids":[',
                                '"diff_ids":["sha256:' + "0" * 64 + '",', 1)


def config_platform(x):
    x.config = x.config.replace('"architecture":"amd64"',
                                '"architecture":"arm64"', 1)


def config_label_twice(x):
    x.config = x.config.replace(
        '"Labels":{', '"Labels":{"a":"1","a":"2",', 1)


def docker_other_layer(x):
    write(x.folder, "manifest.json", text([{
        "Config": blob(x.config_at["digest"]), "RepoTags": [],
        "Layers": [blob(x.evil()["digest"])]}]).encode())


def docker_two(x):
    one = {"Config": blob(x.config_at["digest"]), "RepoTags": [],
           "Layers": [blob(x.layer["digest"])]}
    write(x.folder, "manifest.json", text([one, one]).encode())


def docker_case(x):
    write(x.folder, "manifest.json", text([{
        "Config": blob(x.config_at["digest"]), "RepoTags": [],
        "Layers": [blob(x.layer["digest"])],
        "layers": [blob(x.evil()["digest"])]}]).encode())


def docker_legacy(x):
    write(x.folder, "repositories", b"{}")


def no_mark(x):
    os.remove(f"{x.folder}/oci-layout")


def other_version(x):
    write(x.folder, "oci-layout", b'{"imageLayoutVersion":"2.0.0"}')


CASES = [good, index_twice, index_case, index_kelvin_free, index_no_type,
         index_of_indexes, index_hides_a_platform, index_docker_entry,
         referrer_is_an_image, manifest_twice, manifest_case, manifest_type,
         layer_type, layer_elsewhere, config_twice, config_user, config_diff_ids,
         config_platform, config_label_twice, docker_other_layer, docker_two,
         docker_case, docker_legacy, no_mark, other_version]


# ---- cases of tars: each adds a member to the whole -------------------------
def member(name, data=b"{}", kind=tarfile.REGTYPE):
    info = tarfile.TarInfo(name)
    info.type = kind
    if kind == tarfile.REGTYPE:
        info.size = len(data)
    else:
        info.linkname = "oci-layout"
    return info, io.BytesIO(data)


TARS = {
    "tar_index_twice": lambda: member("index.json"),
    "tar_index_other_path": lambda: member("./index.json"),
    "tar_link": lambda: member("more.json", kind=tarfile.SYMTYPE),
    "tar_hard_link": lambda: member("more.json", kind=tarfile.LNKTYPE),
}


def main(case=None, folder=None, tar=None):
    if not case:
        print("\n".join([c.__name__ for c in CASES] + list(TARS)))
        return
    for change in CASES:
        if change.__name__ == case:
            layout = Layout(folder)
            change(layout)
            layout.save()
    if tar:
        with tarfile.open(tar, "w") as out:
            out.add(folder, ".")
            if case in TARS:
                out.addfile(*TARS[case]())


main(*sys.argv[1:])
