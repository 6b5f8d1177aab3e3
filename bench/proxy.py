"""The parts of bench/proxy that shell does badly: objects, clocks, the table.

usage: proxy.py load SERVICES ENDPOINTS       fill the test API server
       proxy.py synced NETNS SINCE_NS        wait for the first sync
       proxy.py used NETNS PID               CPU, memory, rules, chains
       proxy.py change NETNS SERVICES ENDPOINTS [LOG]   changes one by one
       proxy.py churn SERVICES ENDPOINTS SECONDS PID LOG
       proxy.py machine FILE PEER             where this runs, into FILE
       proxy.py head | row FILE | aims FILE IMAGE   lines of the table
Figures are printed as NAME=VALUE; `row` reads them and appends them to FILE.
NETNS is the proxy's network namespace, a name in /run/netns.
"""
import contextlib
import http.client
import json
import os
import re
import socket
import struct
import sys
import time

CONTROL = ("127.0.0.1", 6444)
CHANGES = 200
CHANGES_S = 20       # a slow proxy makes fewer changes in this time
SYNC_S = 900
RATE = 100           # changes a second of churn
SLICE_VERSION = os.environ.get("SLICE_VERSION", "discovery.k8s.io/v1")

# ---- objects, as large as in a cluster ---------------------------------------

FIELDS = [
    {"manager": "kube-controller-manager", "operation": "Update",
     "apiVersion": "v1", "time": "2026-01-01T00:00:00Z",
     "fieldsType": "FieldsV1", "fieldsV1": {"f:spec": {
         "f:internalTrafficPolicy": {}, "f:ports": {".": {}, "k:{\"port\":80}":
             {".": {}, "f:name": {}, "f:port": {}, "f:protocol": {},
              "f:targetPort": {}}}, "f:selector": {}, "f:type": {}}}}]


def meta(name, number):
    return {"name": name, "namespace": "default",
            "uid": f"6f1b2a3c-0000-4000-8000-{number:012d}",
            "creationTimestamp": "2026-01-01T00:00:00Z",
            "labels": {"app": name}, "managedFields": FIELDS}


def address(first, number):
    return f"10.{first + (number >> 16)}.{number >> 8 & 255}.{number & 255}"


def service(name, number, ip):
    return {"kind": "Service", "apiVersion": "v1",
            "metadata": meta(name, number), "spec": {
                "type": "ClusterIP", "clusterIP": ip, "clusterIPs": [ip],
                "ipFamilies": ["IPv4"], "internalTrafficPolicy": "Cluster",
                "sessionAffinity": "None", "selector": {"app": name},
                "ports": [{"name": "http", "port": 80, "protocol": "TCP",
                           "targetPort": 8080}]},
            "status": {"loadBalancer": {}}}


def endpoint(number, ip):
    return {"addresses": [ip],
            "conditions": {"ready": True, "serving": True,
                           "terminating": False},
            "targetRef": {"kind": "Pod", "namespace": "default",
                          "name": f"pod-{number}",
                          "uid": f"7f1b2a3c-0000-4000-8000-{number:012d}"},
            "nodeName": f"node-{number % 1000}", "zone": "zone-a"}


def slice_of(name, number, endpoints, port=8080):
    what = {"kind": "EndpointSlice", "apiVersion": SLICE_VERSION,
            "metadata": meta(name + "-abcde", number), "addressType": "IPv4",
            "endpoints": endpoints,
            "ports": [{"name": "http", "port": port, "protocol": "TCP"}]}
    what["metadata"]["labels"]["kubernetes.io/service-name"] = name
    return what


def numbered(i):
    return service(f"service-{i:05d}", i, address(96, i + 256))


def numbered_slice(i, each, first=None):
    endpoints = [endpoint(i * each + k, address(128, 256 * 256 + i * each + k))
                 for k in range(each)]
    if first:
        endpoints[0]["addresses"] = [first]
    return slice_of(f"service-{i:05d}", i, endpoints)


def control(path, what):
    server = http.client.HTTPConnection(*CONTROL, timeout=120)
    server.request("POST", "/" + path, json.dumps(what))
    server.getresponse().read()


def put(kind, *objects):
    control("put", {"kind": kind, "objects": objects})


def load(services, each):
    """All Services, and one more with real endpoints that never changes."""
    put("Node", {"kind": "Node", "apiVersion": "v1", "metadata": {"name": "n1"},
                 "status": {"addresses": [{"type": "InternalIP",
                                           "address": "192.0.2.2"}]}})
    put("Service", service("alone", 999999, "10.99.0.10"))
    put("EndpointSlice", slice_of("alone", 999999, [
        endpoint(999999, f"10.128.1.{i}") for i in (1, 2, 3)]))
    put("Service", service("sink", 999998, "10.99.0.11"))
    put("EndpointSlice", slice_of("sink", 999998, [
        endpoint(999998, "10.128.1.1")], 8082))
    for first in range(0, services, 1000):
        some = range(first, min(first + 1000, services))
        put("Service", *(numbered(i) for i in some))
        put("EndpointSlice", *(numbered_slice(i, each) for i in some))
    size = len(json.dumps([numbered(0), numbered_slice(0, each)],
                          separators=(",", ":")))
    say(json_mb=size * services / 1e6)


# ---- the kernel, by netlink -------------------------------------------------

NFNL_NFTABLES = 10
GETCHAIN, NEWCHAIN, GETRULE, NEWRULE, GETGEN = 4, 3, 7, 6, 16
NLMSG_DONE, REQUEST, DUMP = 3, 1, 0x300


@contextlib.contextmanager
def namespace(name):
    """Sockets opened inside the block belong to that network namespace."""
    home = os.open("/proc/self/ns/net", os.O_RDONLY)
    there = os.open("/run/netns/" + name, os.O_RDONLY)
    os.setns(there, os.CLONE_NEWNET)
    try:
        yield
    finally:
        os.setns(home, os.CLONE_NEWNET)
        os.close(home)
        os.close(there)


def netlink(name):
    with namespace(name):
        return socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 12)


def ask(link, what, flags):
    kind = NFNL_NFTABLES << 8 | what
    link.send(struct.pack("=IHHIIBBH", 20, kind, REQUEST | flags, 1, 0,
                          0, 0, 0))


def generation(link):
    ask(link, GETGEN, 0)
    return struct.unpack_from(">I", link.recv(4096), 24)[0]


def count(link, get, new):
    found = 0
    ask(link, get, DUMP)
    while True:
        data, at = link.recv(1 << 20), 0
        while at + 16 <= len(data):
            size, kind = struct.unpack_from("=IH", data, at)
            if kind == NLMSG_DONE:
                return found
            found += kind == NFNL_NFTABLES << 8 | new
            at += size + 3 & ~3


# ---- the proxy, from outside ------------------------------------------------

def get(name, port, path):
    with namespace(name):
        link = socket.create_connection(("127.0.0.1", port), timeout=5)
    server = http.client.HTTPConnection("127.0.0.1", port)
    server.sock = link
    server.request("GET", path)
    return server.getresponse().read().decode()


def has_synced(name):
    try:
        text = get(name, 10249, "/metrics")
    except OSError:
        return False
    counts = re.findall(r"^kubeproxy_sync_proxy_rules_duration_seconds_count"
                        r"(?:{.*})? (\d+)", text, re.M)
    return bool(counts) and all(int(n) > 0 for n in counts)


def synced(name, since_ns):
    end = time.monotonic() + SYNC_S
    while not has_synced(name):
        if time.monotonic() > end:
            sys.exit(f"no sync within {SYNC_S} s")
        time.sleep(0.02)
    say(start_ms=(time.time_ns() - since_ns) / 1e6)


def cpu_s(pid):
    """Seconds in user mode and in the kernel, with those of its children."""
    with open(f"/proc/{pid}/stat", encoding="utf-8") as stat:
        words = stat.read().rsplit(") ", 1)[1].split()
    tick = os.sysconf("SC_CLK_TCK")
    return ((int(words[11]) + int(words[13])) / tick,
            (int(words[12]) + int(words[14])) / tick)


def used(name, pid):
    user, system = cpu_s(pid)
    with open(f"/proc/{pid}/status", encoding="utf-8") as status:
        memory = dict(re.findall(r"(VmRSS|VmHWM):\s+(\d+)", status.read()))
    link = netlink(name)
    say(user_s=user, system_s=system, cpu_s=user + system,
        rss_mib=int(memory["VmRSS"]) / 1024,
        peak_mib=int(memory["VmHWM"]) / 1024,
        rules=count(link, GETRULE, NEWRULE),
        chains=count(link, GETCHAIN, NEWCHAIN))


def percentiles(values, name, unit, scale):
    values = sorted(values)
    say(**{f"{name}_p{p}_{unit}":
           scale * values[min(len(values) * p // 100, len(values) - 1)]
           for p in (50, 99)})


def ages(log, offset, name):
    """The times that our log reports for the changes after that offset."""
    with open(log, encoding="utf-8") as lines:
        lines.seek(offset)
        found = re.findall(r'msg="rules written".*kernel_ms=(\S+) '
                           r'age_ms=(\S+)', lines.read())
    percentiles([float(age) for _, age in found], name, "us", 1000)
    percentiles([float(k) for k, _ in found], name + "_kernel", "us", 1000)


def await_change(link, before):
    pause, end = 0.0001, time.monotonic() + SYNC_S
    while generation(link) == before:
        if time.monotonic() > end:
            sys.exit(f"a change was not written within {SYNC_S} s")
        time.sleep(pause)
        pause = min(pause * 1.2, 0.02)
    return time.monotonic()


def change(name, services, each, log=None):
    """One endpoint replaced, from our put to a new generation of the rules."""
    link, took = netlink(name), []
    offset = os.path.getsize(log) if log else 0
    end = time.monotonic() + CHANGES_S
    net = 250 if log else 251  # a value that the other proxy has not had
    while len(took) < CHANGES and time.monotonic() < end:
        number = len(took) * 7919 % services
        what = numbered_slice(number, each, address(net, len(took)))
        before, start = generation(link), time.monotonic()
        put("EndpointSlice", what)
        took.append(await_change(link, before) - start)
        time.sleep(0.01 if log else 1.1)
    say(changes=len(took))
    percentiles(took, "seen", "ms", 1000)
    if log:
        ages(log, offset, "change")


def churn(services, each, seconds, pid, log):
    offset, before = os.path.getsize(log), sum(cpu_s(pid))
    start = time.monotonic()
    for number in range(seconds * RATE):
        time.sleep(max(0, start + number / RATE - time.monotonic()))
        put("EndpointSlice", numbered_slice(
            number % services, each, address(250, number % 65536)))
    took = time.monotonic() - start
    say(churn_s=seconds, churn_rate=seconds * RATE / took,
        churn_cpu_percent=100 * (sum(cpu_s(pid)) - before) / took)
    ages(log, offset, "churn")


# ---- the table --------------------------------------------------------------

COLUMNS = [  # name, title, unit, width, decimals
    ("services", "Services", "", 8, 0), ("endpoints", "each", "", 4, 0),
    ("floor_ms", "floor", "ms", 6, 1), ("fixed_ms", "fixed", "ms", 5, 1),
    ("load_ms", "ours", "ms", 6, 1),
    ("ratio", "ratio", "", 5, 2), ("nft_ms", "nft -f", "ms", 6, 0),
    ("start_ms", "start", "ms", 6, 0), ("user_s", "own", "CPU s", 5, 2),
    ("system_s", "kernel", "CPU s", 6, 2), ("rss_mib", "RSS", "MiB", 6, 1),
    ("peak_mib", "peak", "MiB", 6, 1),
    ("change_p50_us", "change", "us p50", 7, 0),
    ("change_p99_us", "change", "us p99", 7, 0),
    ("change_kernel_p99_us", "kernel", "us p99", 7, 0),
    ("seen_p50_ms", "seen", "ms p50", 7, 2),
    ("rules", "rules", "", 5, 0), ("chains", "chains", "", 6, 0)]
MORE = [  # below a row: name, title, unit
    ("restart_peak_mib", "restart, peak", "MiB"),
    ("first_p50_us", "first packet", "us p50"),
    ("direct_first_p50_us", "without a Service", "us p50"),
    ("connections_per_s", "connections", "a second"),
    ("throughput_mb_per_s", "throughput", "MB/s"),
    ("large_p50_us", "a change", "us p50"),
    ("large_p99_us", "a change", "us p99"),
    ("affinity_on_ms", "affinity on, longest stop", "ms"),
    ("affinity_off_ms", "affinity off, longest stop", "ms")]
PEER = [("peer_start_ms", "start_ms"), ("peer_cpu_s", "cpu_s"),
        ("peer_rss_mib", "rss_mib"), ("peer_peak_mib", "peak_mib"),
        ("peer_seen_p50_ms", "seen_p50_ms"), ("peer_rules", "rules"),
        ("peer_first_p50_us", "first_p50_us"),
        ("peer_connections_per_s", "connections_per_s"),
        ("peer_throughput_mb_per_s", "throughput_mb_per_s")]


def say(**figures):
    for name, value in figures.items():
        print(f"{name}={value:.6g}")


def head():
    for field in (1, 2):
        print(" ".join(c[field].rjust(c[3]) for c in COLUMNS))


def cell(figures, column):
    name, _, _, width, decimals = column
    value = figures.get(name)
    return ("-" if value is None else f"{value:.{decimals}f}").rjust(width)


def print_churn(one):
    print("  {churn_rate:.0f} changes a second for {churn_s:.0f} s: "
          "{churn_p50_us:.0f} us p50, {churn_p99_us:.0f} us p99, "
          "{churn_cpu_percent:.2f} % CPU; {churn_connections:.0f} connections "
          "to another Service, {churn_failed:.0f} failed, {churn_slow:.0f} "
          "lost a packet".format(**one))


def print_more(one):
    print("  " + ", ".join(f"{title} {one[name]:.4g} {unit}"
                           for name, title, unit in MORE if name in one))


def print_peer(one):
    words = []
    for name, ours in PEER:
        if name in one:
            ratio = one[name] / one[ours] if one[ours] else 0
            one["ratio_" + name] = round(ratio, 2)
            words.append(f"{ours} {one[name]:.5g} ({ratio:.3g} x)")
    print("  peer: " + ", ".join(words))


def read(path):
    if not os.path.exists(path):
        return {"sizes": []}
    with open(path, encoding="utf-8") as file:
        return json.load(file)


def write(path, figures):
    with open(path + ".partial", "w", encoding="utf-8") as file:
        json.dump(figures, file, indent=1)
    os.replace(path + ".partial", path)


def row(path):
    one = {}
    for word in sys.stdin.read().split():
        name, value = word.split("=")
        one[name] = float(value)
    print(" ".join(cell(one, column) for column in COLUMNS))
    print_more(one)
    if "churn_s" in one:
        print_churn(one)
    if "peer_start_ms" in one:
        print_peer(one)
    figures = read(path)
    figures["sizes"].append(one)
    write(path, figures)


def machine(path, peer):
    with open("/proc/cpuinfo", encoding="utf-8") as info:
        cpu = re.search(r"model name\s*: (.*)", info.read())
    write(path, {"cpu": cpu.group(1) if cpu else os.uname().machine,
                 "cores": os.cpu_count(), "kernel": os.uname().release,
                 "load": os.getloadavg()[0], "peer": peer, "sizes": []})


AIMS = [  # figure, at most, at which size
    ("ratio", 1.3, None), ("cpu_s", 1, (45000, 1)),
    ("large_p99_us", 5000, None), ("affinity_on_ms", 50, None),
    ("restart_peak_mib", 100, (100000, 1)),
    ("change_p99_us", 1000, None), ("change_kernel_p50_us", 100, None),
    ("rss_mib", 24, (10000, 10)), ("rss_mib", 64, (5000, 50)),
    ("churn_slow", 0, None), ("churn_failed", 0, None)]


def hold(name, value, most, where):
    print("  %-6s %s %.4g of at most %g %s" % (
        "held" if value <= most else "MISSED", name, value, most, where))


def aims(path, image):
    figures = read(path)
    for name, most, where in AIMS:
        for one in figures["sizes"]:
            size = int(one["services"]), int(one["endpoints"])
            if name in one and where in (None, size):
                hold(name, one[name], most, "at %d x %d" % size)
    if os.path.exists(image):
        figures["image_kb"] = os.path.getsize(image) / 1000
        write(path, figures)
        hold("image_kb", figures["image_kb"], 700, "as a file")


def main():
    what, words = sys.argv[1], sys.argv[2:]
    words = [int(w) if w.isdigit() else w for w in words]
    {"load": load, "synced": synced, "used": used, "change": change,
     "churn": churn, "machine": machine, "head": head, "row": row, "aims": aims}[what](*words)


main()
