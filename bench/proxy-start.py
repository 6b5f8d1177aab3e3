"""The parts of bench/proxy-start that are easier here: objects and figures.

usage: proxy-start.py load SERVICES ENDPOINTS      fill the test API server
       proxy-start.py measure SERVICES ENDPOINTS PID LOG   figures as JSON
       proxy-start.py head | row                   lines of the table
"""
import datetime
import json
import os
import re
import sys
import time
import urllib.request

FIELDS = [
    {"manager": "kube-controller-manager", "operation": "Update",
     "apiVersion": "v1", "time": "2026-01-01T00:00:00Z",
     "fieldsType": "FieldsV1", "fieldsV1": {"f:spec": {
         "f:internalTrafficPolicy": {}, "f:ports": {".": {}, "k:{\"port\":80}":
             {".": {}, "f:name": {}, "f:port": {}, "f:protocol": {},
              "f:targetPort": {}}}, "f:selector": {}, "f:type": {}}}}]
COLUMNS = [("services", "Services"), ("endpoints", "each"),
           ("json_mb", "JSON MB"), ("start_ms", "start ms"),
           ("user_ms", "own CPU ms"), ("system_ms", "kernel CPU ms"),
           ("rss_mib", "RSS MiB"), ("peak_mib", "peak MiB"),
           ("change_p50_ms", "change p50 ms <="),
           ("change_p99_ms", "p99 ms <=")]


def meta(name, number):
    return {"name": name, "namespace": "default",
            "uid": f"6f1b2a3c-0000-4000-8000-{number:012d}",
            "creationTimestamp": "2026-01-01T00:00:00Z",
            "labels": {"app": name}, "managedFields": FIELDS}


def address(first, number):
    return f"10.{first + (number >> 16)}.{number >> 8 & 255}.{number & 255}"


def service(i):
    name = f"service-{i:05d}"
    return {"metadata": meta(name, i), "spec": {
        "type": "ClusterIP", "clusterIP": address(96, i),
        "clusterIPs": [address(96, i)], "ipFamilies": ["IPv4"],
        "internalTrafficPolicy": "Cluster", "sessionAffinity": "None",
        "selector": {"app": name}, "ports": [
            {"name": "http", "port": 80, "protocol": "TCP",
             "targetPort": 8080}]}, "status": {"loadBalancer": {}}}


def endpoint(number):
    return {"addresses": [address(128, number)],
            "conditions": {"ready": True, "serving": True,
                           "terminating": False},
            "targetRef": {"kind": "Pod", "namespace": "default",
                          "name": f"pod-{number}",
                          "uid": f"7f1b2a3c-0000-4000-8000-{number:012d}"},
            "nodeName": f"node-{number % 1000}", "zone": "zone-a"}


def slice_of(i, each):
    name = f"service-{i:05d}"
    what = {"metadata": meta(name + "-abcde", i), "addressType": "IPv4",
            "endpoints": [endpoint(i * each + k) for k in range(each)],
            "ports": [{"name": "http", "port": 8080, "protocol": "TCP"}]}
    what["metadata"]["labels"]["kubernetes.io/service-name"] = name
    return what


def control(path, what):
    request = urllib.request.Request("http://127.0.0.1:6444/" + path,
                                     data=json.dumps(what).encode())
    return urllib.request.urlopen(request, timeout=120).read()


def load(services, each):
    for kind, make in (("Service", service),
                       ("EndpointSlice", lambda i: slice_of(i, each))):
        for first in range(0, services, 1000):
            control("put", {"kind": kind, "objects": [
                make(i) for i in range(first, min(first + 1000, services))]})


def metrics():
    with urllib.request.urlopen("http://127.0.0.1:10249/metrics") as answer:
        return answer.read().decode()


def change(services, each):
    """200 endpoints replaced, one at a time; bounds of the percentiles."""
    for number in range(200):
        what = slice_of(number * 7919 % services, each)
        what["endpoints"][0]["addresses"] = [address(250, number)]
        control("put", {"kind": "EndpointSlice", "object": what})
        time.sleep(0.02)
    name = "kube_proxy_mini_change_duration_seconds_bucket"
    found = re.findall(name + r'\{le="([^"]*)"\} (\d+)', metrics())
    total = int(found[-1][1])
    return {f"change_p{p}_ms": next(
        float(bound) * 1000 for bound, below in found
        if int(below) >= total * p / 100) for p in (50, 99)}


def started(log):
    """Milliseconds from the first line that says so to the first write."""
    times = {}
    with open(log, encoding="utf-8") as lines:
        for line in lines:
            for what in ("watching", "rules written"):
                if f'msg="{what}"' in line:
                    times.setdefault(what, datetime.datetime.fromisoformat(
                        line.split()[0].replace("Z", "+00:00")))
    took = times["rules written"] - times["watching"]
    return round(took.total_seconds() * 1000)


def measure(services, each, pid, log):
    tick = os.sysconf("SC_CLK_TCK")
    with open(f"/proc/{pid}/stat", encoding="utf-8") as stat:
        words = stat.read().rsplit(") ", 1)[1].split()
    with open(f"/proc/{pid}/status", encoding="utf-8") as status:
        memory = dict(re.findall(r"(VmRSS|VmHWM):\s+(\d+)", status.read()))
    size = len(json.dumps(service(0))) + len(json.dumps(slice_of(0, each)))
    return {"services": services, "endpoints": each,
            "json_mb": round(size * services / 1e6, 1),
            "start_ms": started(log),
            "user_ms": round(int(words[11]) * 1000 / tick),
            "system_ms": round(int(words[12]) * 1000 / tick),
            "rss_mib": round(int(memory["VmRSS"]) / 1024, 1),
            "peak_mib": round(int(memory["VmHWM"]) / 1024, 1),
            **change(services, each)}


def main():
    what = sys.argv[1]
    if what == "load":
        load(int(sys.argv[2]), int(sys.argv[3]))
    elif what == "measure":
        print(json.dumps(measure(int(sys.argv[2]), int(sys.argv[3]),
                                 sys.argv[4], sys.argv[5])))
    elif what == "head":
        print("  ".join(title for _, title in COLUMNS))
    else:
        one = json.load(sys.stdin)
        print("  ".join(f"{round(one[name], 3)}".rjust(len(title))
                        for name, title in COLUMNS))


main()
