#!/usr/bin/env python3
"""chaos.py - random changes and faults for apiserver.py, from a seed.

usage: chaos.py SEED STEPS

In the end it prints what Services must be, in the format of kube-proxy-mini
--show, computed by a few lines of its own, so that it is a second opinion.
Service d/steady is created first and never changed.
"""
import http.client
import json
import random
import sys
import time

SERVICES = 14
FAULTS = [
    {"name": "status", "code": 500}, {"name": "status", "code": 503},
    {"name": "status", "code": 429}, {"name": "status", "code": 410},
    {"name": "status", "code": 504}, {"name": "garbage"}, {"name": "close"},
    {"name": "error_event", "code": 410, "on": "watch"},
    {"name": "error_event", "code": 500, "on": "watch"},
    {"name": "hang", "seconds": 0.3}, {"name": "torn", "on": "list"},
    {"name": "pieces", "bytes": 1}, {"name": "pieces", "bytes": 7},
    {"name": "slow", "bytes": 90, "delay_s": 0.01},
    {"name": "bomb", "size": 20000000, "on": "list"},
]
WATCHED = ("Service", "EndpointSlice")


class World:
    def __init__(self, seed):
        self.random = random.Random(seed)
        self.services = {}  # name: ports, None when it cannot be used
        self.slices = {}    # (service, number): (ports, endpoints)
        self.server = http.client.HTTPConnection("127.0.0.1", 6444)

    def control(self, path, **what):
        self.server.request("POST", path, json.dumps(what))
        answer = self.server.getresponse()
        answer.read()
        if answer.status != 200:
            sys.exit(f"{path}: {answer.status}")

    def put_service(self, name, ip):
        ports = self.random.choice([[80], [80, 443], [53]])
        spec = {"clusterIP": ip, "ports": [
            {"name": f"p{p}", "port": p, "targetPort": p + 8000,
             "protocol": "UDP" if p == 53 else "TCP"} for p in ports]}
        meta = {"namespace": "d", "name": name}
        usable = ports
        odd = self.random.random()
        if odd < 0.1:     # too large
            meta["annotations"] = {"x": "y" * 5000000}
            usable = None
        elif odd < 0.2:   # of a newer API server: its address is served
            spec["type"] = "Magic"
        elif odd < 0.3:   # makes no sense
            spec["clusterIP"] = "10.96.1"
            usable = None
        elif odd < 0.35:
            spec["clusterIP"] = "None"
            usable = None
        self.services[name] = usable
        self.control("/put", kind="Service", object={
            "metadata": meta, "spec": spec})

    def put_slice(self, name, number):
        ports = self.random.choice([[80], [80, 443], [53]])
        some = {f"10.1.{number}.{self.random.randrange(1, 9)}":
                self.random.random() < 0.8
                for _ in range(self.random.randrange(6))}
        self.slices[name, number] = (ports, some)
        self.control("/put", kind="EndpointSlice", object={
            "metadata": {"namespace": "d", "name": f"{name}-{number}",
                         "labels": {"kubernetes.io/service-name": name}},
            "addressType": "IPv4",
            "ports": [{"name": f"p{p}", "port": p + 8000,
                       "protocol": "UDP" if p == 53 else "TCP"}
                      for p in ports],
            "endpoints": [{"addresses": [a], "conditions": {"ready": ready}}
                          for a, ready in some.items()]})

    def change(self):
        i = self.random.randrange(SERVICES)
        name, number = f"s{i}", self.random.randrange(3)
        what = self.random.random()
        if what < 0.25:
            self.put_service(name, f"10.96.1.{i}")
        elif what < 0.35 and name in self.services:
            del self.services[name]
            self.control("/delete", kind="Service", ns="d", name=name)
        elif what < 0.45 and (name, number) in self.slices:
            del self.slices[name, number]
            self.control("/delete", kind="EndpointSlice", ns="d",
                         name=f"{name}-{number}")
        else:
            self.put_slice(name, number)

    def trouble(self):
        kind = self.random.choice(WATCHED)
        what = self.random.randrange(8)
        if what < 2:
            self.control("/fault", **self.random.choice(FAULTS))
        if what < 4:
            self.control("/drop", kind=kind,
                         torn=self.random.random() < 0.5)
        elif what == 4:
            self.control("/compact", kind=kind)
            self.control("/drop", kind=kind)
        elif what == 5:
            self.control("/hold", kind=kind,
                         seconds=self.random.random() / 2)
        elif what == 6:
            self.control("/bookmark", kind=kind)
        else:
            i = self.random.randrange(SERVICES)
            self.control("/again", kind="Service", ns="d", name=f"s{i}")

    def expected(self):
        for name, ports in self.services.items():
            for port in ports or []:
                ready = {a for (owner, _), (has, some) in self.slices.items()
                         if owner == name and port in has
                         for a, is_ready in some.items() if is_ready}
                ip = f"10.96.1.{name[1:]}"
                protocol = "udp" if port == 53 else "tcp"
                n = len(ready)
                if n == 0:
                    yield f"d/{name} {ip}:{port}/{protocol} rejected"
                else:
                    yield (f"d/{name}:p{port} {ip}:{port}/{protocol} "
                           f"{n} endpoint" + "s" * (n > 1))


def main():
    world = World(int(sys.argv[1]))
    steps = int(sys.argv[2])
    for step in range(steps):
        world.change()
        # changes alone at the end: a list would put right what they got wrong
        if step < steps * 0.7 and world.random.random() < 0.25:
            world.trouble()
        time.sleep(world.random.random() * 0.05)
    world.control("/calm")
    for line in world.expected():
        print(line)


if __name__ == "__main__":
    main()
