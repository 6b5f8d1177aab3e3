"""differential.py - two proxies on equal nodes before one API server.

usage: differential.py DIR WORLDS SEED PREFIX PREFIX

DIR has the API server's certificates (tests/lib/kube.bash); each PREFIX names
the network namespaces of a node (net.sh) on which another proxy runs.  A world
is SLOTS Services with their EndpointSlices.  SIDE worlds stand beside each
other on the same API server, since most of the time goes by waiting for what
is dropped; the next ones follow from them by random changes.  Then the same
flows are opened on both nodes, and what becomes of them is compared: which
endpoints were reached and which address they saw, refused, or dropped.

Chance decides which endpoint serves a connection, so where the two differ the
flow is opened again and what was met is added up, until they agree or AGAIN is
used up.  A flow that still differs is printed with its world, and the exit
status is 1.
"""
import errno
import http.client
import json
import os
import random
import resource
import selectors
import socket
import ssl
import subprocess
import sys
import time

SLOTS = 6  # Services of a world
SIDE = 5  # worlds beside each other
HOSTS = 8  # endpoints 1 to 8
OURS = (1, 8)  # those that connect, too: they are on this node
PORTS = [("http", "TCP", 80), ("dns", "UDP", 53), ("more", "TCP", 81)]
TRIES, AGAIN, AGAIN_TRIES = 6, 8, 24
WAIT_S, SOCKETS = 1.5, 12000
SETTLE_S = 60 * int(os.environ.get("SLOWNESS") or 1)
SENTINEL = "10.96.200.1"
#          who: namespace, source by family
ORIGINS = {"client": ("client", ("192.0.2.100", "2001:db8:2::64")),
           "client2": ("client", ("192.0.2.200", "2001:db8:2::c8")),
           "pod": ("pod8", ("10.128.1.8", "fd00:10::1:8")),
           "pods1": ("pods", ("10.128.1.1", "fd00:10::1:1")),
           "node": ("node", ("", ""))}
# By stickiness: endpoints 1 to 7 answer each other past the node, and the
# client does not know the answer; chance decides whether it keeps to such a one.
CLIENTS = {False: list(ORIGINS), True: [o for o in ORIGINS if o != "pods1"]}
POD = ("10.128.1.%d", "fd00:10::1:%d")
CLUSTER = ("10.96.0.%d", "fd00:96::%d")
EXTERNAL = ("203.0.113.%d", "2001:db8:cafe::%d")
RANGES = (("192.0.2.0/25", "2001:db8:2::/121"),
          ("192.0.2.128/25", "2001:db8:2::80/121"))
FAMILIES = ("IPv4", "IPv6")


# ---- the API server ---------------------------------------------------------
class Api:
    def __init__(self, folder):
        tls = ssl.create_default_context(cafile=folder + "/ca.crt")
        tls.load_cert_chain(folder + "/admin.crt", folder + "/admin.key")
        self.web = http.client.HTTPSConnection("127.0.0.1", 6443, context=tls,
                                               timeout=60)

    def call(self, method, path, body=None, fine=(200, 201, 202)):
        kind = "application/json"
        if method == "PATCH":
            kind = "application/merge-patch+json"
        self.web.request(method, path, body and json.dumps(body),
                         {"Content-Type": kind})
        answer = self.web.getresponse()
        text = answer.read()
        if answer.status not in fine:
            sys.exit("%s %s: %d %s\n%s" % (method, path, answer.status, text,
                                           json.dumps(body)))
        return json.loads(text)


SERVICES = "/api/v1/namespaces/default/services"
SLICES = "/apis/discovery.k8s.io/v1/namespaces/default/endpointslices"


# ---- random objects ---------------------------------------------------------
def chance(dice, percent):
    return dice.random() * 100 < percent


def make_service(dice, slot, ports):
    """A Service of this slot, and the addresses of its balancer."""
    families = dice.choice([[0, 1], [0, 1], [0], [1]])
    kind = dice.choice(["ClusterIP", "NodePort", "LoadBalancer",
                        "LoadBalancer"])
    spec = {"type": kind, "ipFamilies": [FAMILIES[f] for f in families],
            "ipFamilyPolicy": "RequireDualStack" if len(families) == 2
            else "SingleStack",
            "clusterIPs": [CLUSTER[f] % (10 + slot) for f in families],
            "internalTrafficPolicy":
                "Local" if chance(dice, 20) else "Cluster",
            "ports": [{"name": n, "protocol": p, "port": number}
                      for n, p, number in ports]}
    spec["clusterIP"] = spec["clusterIPs"][0]
    if chance(dice, 25):
        spec["sessionAffinity"] = "ClientIP"
    if chance(dice, 40):
        spec["externalIPs"] = [EXTERNAL[f] % (40 + slot) for f in families]
    if kind != "ClusterIP":
        spec["externalTrafficPolicy"] = \
            "Local" if chance(dice, 40) else "Cluster"
        for k, port in enumerate(spec["ports"]):
            port["nodePort"] = 30000 + 10 * slot + k
    ingress = []
    if kind == "LoadBalancer":
        if spec["externalTrafficPolicy"] == "Local":
            spec["healthCheckNodePort"] = 31000 + slot
        if chance(dice, 30):
            which = dice.choice(RANGES)
            spec["loadBalancerSourceRanges"] = [which[f] for f in families]
        if chance(dice, 85):
            mode = "Proxy" if chance(dice, 15) else "VIP"
            ingress = [{"ip": EXTERNAL[f] % (100 + slot), "ipMode": mode}
                       for f in families]
    return {"metadata": {"name": "s%d" % slot}, "spec": spec}, ingress


def make_endpoint(dice, family, host):
    ready = chance(dice, 75)
    ends = not ready and chance(dice, 70) or chance(dice, 5)
    it = {"addresses": [POD[family] % host],
          "conditions": {"ready": ready and not ends, "terminating": ends,
                         "serving": ready or chance(dice, 60)},
          "nodeName": "n1" if host in OURS else
          dice.choice(["n1", "n1", "n2"]), "hints": {}}
    if chance(dice, 60):
        it["hints"]["forZones"] = [{"name": dice.choice(["za", "za", "zb"])}]
    return it


def make_slices(dice, slot):
    """Of both families, one or two each: no address is in two of them."""
    all_of_it = []
    for family in 0, 1:
        hosts = dice.sample(range(1, HOSTS + 1), dice.randrange(0, 6))
        cut = dice.randrange(0, len(hosts) + 1) if chance(dice, 30) else 0
        for k, part in enumerate((hosts[:cut], hosts[cut:])):
            if not part and k == 0:
                continue
            name = "s%d-%d-%d" % (slot, family, k)
            all_of_it.append({
                "metadata": {"name": name, "labels": {
                    "kubernetes.io/service-name": "s%d" % slot}},
                "addressType": FAMILIES[family],
                "ports": [{"name": n, "protocol": p, "port": 8080}
                          for n, p, _ in PORTS if chance(dice, 92)],
                "endpoints": [make_endpoint(dice, family, h) for h in part]})
    return all_of_it


class Worlds:
    """What the API server holds: SIDE worlds."""

    def __init__(self, api, dice):
        self.api, self.dice, self.number = api, dice, 0
        self.slots = SLOTS * SIDE
        self.services, self.ingress, self.slices = {}, {}, {}
        self.api.call("POST", SERVICES, {
            "metadata": {"name": "sentinel"},
            "spec": {"clusterIP": SENTINEL, "ports": [{"port": 999}]}})

    def put_service(self, slot):
        count = self.dice.randrange(1, len(PORTS) + 1)
        service, ingress = make_service(self.dice, slot, PORTS[:count])
        path = SERVICES + "/s%d" % slot
        old = self.services.get(slot)
        if old and (old["spec"]["ipFamilies"] != service["spec"]["ipFamilies"]
                    or self.dice.random() < 0.3):
            self.drop_service(slot)
            old = None
        if old and "healthCheckNodePort" in old["spec"] and \
                "healthCheckNodePort" not in service["spec"]:
            self.drop_service(slot)
            old = None
        if old:
            self.api.call("PUT", path, service)
        else:
            self.api.call("POST", SERVICES, service)
        if service["spec"]["type"] == "LoadBalancer":
            self.api.call("PATCH", path + "/status", {
                "status": {"loadBalancer": {"ingress": ingress}}})
        self.services[slot], self.ingress[slot] = service, ingress

    def drop_service(self, slot):
        if self.services.pop(slot, None):
            self.api.call("DELETE", SERVICES + "/s%d" % slot)

    def put_slices(self, slot):
        now = {s["metadata"]["name"]: s for s in make_slices(self.dice, slot)}
        before = [n for n in self.slices if n.startswith("s%d-" % slot)]
        for name, one in now.items():
            if name in before:
                self.api.call("PUT", SLICES + "/" + name, one)
            else:
                self.api.call("POST", SLICES, one)
            self.slices[name] = one
        for name in before:
            if name not in now:
                self.api.call("DELETE", SLICES + "/" + name)
                del self.slices[name]

    def shake(self):
        """One endpoint's state changes."""
        full = [s for s in self.slices.values() if s["endpoints"]]
        if not full:
            return
        one = self.dice.choice(full)
        k = self.dice.randrange(len(one["endpoints"]))
        old = one["endpoints"][k]["addresses"][0]
        host = int(old.rpartition(":" if ":" in old else ".")[2])
        one["endpoints"][k] = make_endpoint(
            self.dice, int(one["addressType"] == "IPv6"), host)
        self.api.call("PUT", SLICES + "/" + one["metadata"]["name"], one)

    def change(self):
        for _ in range(1 if self.number else 4 * SLOTS):
            slot, what = self.dice.randrange(self.slots), self.dice.random()
            if what < 0.35:
                self.put_service(slot)
            elif what < 0.42:
                self.drop_service(slot)
            elif what < 0.7:
                self.put_slices(slot)
            else:
                self.shake()

    def next(self):
        for _ in range(SIDE * self.dice.randrange(2, 8)):
            self.change()
        self.number += 1
        self.put_sentinel()

    def put_sentinel(self):
        """What is written last; its port tells that a proxy has seen it."""
        port = 1000 + self.number
        self.api.call("PUT", SERVICES + "/sentinel", {
            "metadata": {"name": "sentinel"},
            "spec": {"clusterIP": SENTINEL,
                     "ports": [{"name": "p%d" % port, "port": port}]}})
        self.api.call("DELETE", SLICES + "/sentinel", fine=(200, 404))
        self.api.call("POST", SLICES, {
            "metadata": {"name": "sentinel", "labels": {
                "kubernetes.io/service-name": "sentinel"}},
            "addressType": "IPv4",
            "ports": [{"name": "p%d" % port, "port": 8080}],
            "endpoints": [{"addresses": [POD[0] % 1],
                           "conditions": {"ready": True}}]})
        return port

    # ---- what is asked ------------------------------------------------------
    def flows(self):
        """(who, family, protocol, address, port, is it sticky?)"""
        out = []
        for slot in range(self.slots):
            service = self.services.get(slot)
            sticky = bool(service) and \
                service["spec"].get("sessionAffinity") == "ClientIP"
            for k, (_, proto, port) in enumerate(PORTS):
                for f in 0, 1:
                    node = ("192.0.2.2", "2001:db8:2::2")[f]
                    alt = ("192.0.2.3", "2001:db8:2::3")[f]
                    for address, number in (
                            (CLUSTER[f] % (10 + slot), port),
                            (EXTERNAL[f] % (40 + slot), port),
                            (EXTERNAL[f] % (100 + slot), port),
                            (node, 30000 + 10 * slot + k),
                            (alt, 30000 + 10 * slot + k)):
                        if not service and self.dice.random() < 0.8:
                            continue
                        who = self.dice.choice(CLIENTS[sticky])
                        out.append((who, f, proto, address, number, sticky))
        out += [(who, 0, "TCP", "10.96.7.7", 80, False) for who in ORIGINS]
        return out


# ---- asking -----------------------------------------------------------------
class Nets:
    """Sockets in other network namespaces."""

    def __init__(self):
        self.home = os.open("/proc/self/ns/net", os.O_RDONLY)
        self.known = {}

    def enter(self, name):
        if name not in self.known:
            self.known[name] = os.open("/run/netns/" + name, os.O_RDONLY)
        os.setns(self.known[name], os.CLONE_NEWNET)

    def leave(self):
        os.setns(self.home, os.CLONE_NEWNET)


def begin(flow):
    """A socket that connects, or the name of an error."""
    who, family, proto, address, port, _ = flow
    kind = socket.SOCK_STREAM if proto == "TCP" else socket.SOCK_DGRAM
    it = socket.socket((socket.AF_INET, socket.AF_INET6)[family], kind)
    it.setblocking(False)
    source = ORIGINS[who][1][family]
    try:
        if source:
            it.bind((source, 0))
        it.connect((address, port))
        if proto == "UDP":
            it.send(b"?")
    except BlockingIOError:
        pass
    except OSError as e:
        it.close()
        return errno.errorcode.get(e.errno, str(e.errno))
    return it


def finish(it):
    """What a readable socket has: an answer, or None for not yet."""
    try:
        text = it.recv(200).decode()
        return text or "ECONNRESET"
    except BlockingIOError:
        return None
    except OSError as e:
        return errno.errorcode.get(e.errno, str(e.errno))


def ask(nets, wanted):
    """For each (node, flow) of the list, one connection: what came of it."""
    told, waiting = ["dropped"] * len(wanted), selectors.DefaultSelector()
    order = sorted(range(len(wanted)), key=lambda i: (
        wanted[i][0], ORIGINS[wanted[i][1][0]][0]))
    at = None
    for i in order:
        node, flow = wanted[i]
        name = "%s-%s" % (node, ORIGINS[flow[0]][0])
        if name != at:
            nets.enter(name)
            at = name
        it = begin(flow)
        if isinstance(it, str):
            told[i] = it
        else:
            waiting.register(it, selectors.EVENT_READ, i)
    nets.leave()
    end = time.monotonic() + WAIT_S
    while waiting.get_map() and time.monotonic() < end:
        for key, _ in waiting.select(max(0, end - time.monotonic())):
            answer = finish(key.fileobj)
            if answer is not None:
                told[key.data] = answer
                waiting.unregister(key.fileobj)
                key.fileobj.close()
    for key in list(waiting.get_map().values()):
        key.fileobj.close()
    waiting.close()
    return told


def meet(nets, nodes, flows, tries, met):
    """Add to met[node, flow] what `tries` connections of each came to."""
    wanted = [(n, f) for f in flows for n in nodes for _ in range(tries)]
    for k in range(0, len(wanted), SOCKETS):
        part = wanted[k:k + SOCKETS]
        for (node, flow), answer in zip(part, ask(nets, part)):
            met.setdefault((node, flow), {}).setdefault(answer, 0)
            met[node, flow][answer] += 1


def outcome(flow, met):
    """What is compared: of a sticky flow not which endpoint it keeps to."""
    answers = set(met)
    if len(answers) > 1:  # a packet may get lost on a busy machine
        answers.discard("dropped")
    if flow[5]:
        return {a if " " not in a else "reached" for a in answers}
    return answers


def differing(nodes, flows, met):
    left = []
    for flow in flows:
        both = [outcome(flow, met[node, flow]) for node in nodes]
        if both[0] != both[1]:
            left.append(flow)
    return left


def settle(nets, nodes, port):
    flow = ("node", 0, "TCP", SENTINEL, port, False)
    end = time.monotonic() + SETTLE_S
    while time.monotonic() < end:
        told = ask(nets, [(n, flow) for n in nodes])
        if all(" " in t for t in told):
            return
        time.sleep(0.02)
    sys.exit("after %d s the last change is not there: %s" % (SETTLE_S, told))


def forget_flows(nets, nodes):
    """A port of a client may come again: no flow of before counts."""
    for node in nodes:
        nets.enter(node + "-node")
        subprocess.run(["conntrack", "-F"], check=True, capture_output=True)
    nets.leave()


def compare(nets, nodes, flows):
    """The flows that differ, and how."""
    met = {}
    forget_flows(nets, nodes)
    meet(nets, nodes, flows, TRIES, met)
    left = differing(nodes, flows, met)
    for _ in range(AGAIN):
        if not left:
            break
        for flow in left:  # what was lost then counts no more
            for node in nodes:
                met[node, flow].pop("dropped", None)
        forget_flows(nets, nodes)
        meet(nets, nodes, left, AGAIN_TRIES, met)
        left = differing(nodes, left, met)
    return [(f, sorted(met[nodes[0], f]), sorted(met[nodes[1], f]))
            for f in left]


def main():
    folder, worlds, seed, nodes = sys.argv[1], int(sys.argv[2]), \
        int(sys.argv[3]), sys.argv[4:6]
    nets, asked, wrong = Nets(), 0, 0
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    global SOCKETS
    SOCKETS = min(SOCKETS, most - 100)
    world = Worlds(Api(folder), random.Random(seed))
    begun = time.monotonic()
    for _ in range(0, worlds, SIDE):
        world.next()
        settle(nets, nodes, 1000 + world.number)
        flows = world.flows()
        asked += len(flows)
        for flow, ours, theirs in compare(nets, nodes, flows):
            wrong += 1
            print("seed %d world %d: %s\n  %s: %s\n  %s: %s" % (
                seed, world.number, flow, nodes[0], ours, nodes[1], theirs))
            slot = [s for n, s in world.services.items()
                    if '"%s"' % flow[3] in json.dumps(s)
                    or '"%s"' % flow[3] in json.dumps(world.ingress[n])
                    or ": %d}" % flow[4] in json.dumps(s["spec"]["ports"])
                    and flow[4] >= 30000]
            for s in slot:
                name = s["metadata"]["name"]
                print("  ", json.dumps(s["spec"]))
                for n, one in world.slices.items():
                    if n.startswith(name + "-"):
                        print("  ", n, json.dumps(one["endpoints"]))
            sys.stdout.flush()
    print("# %d worlds in %d s, %d flows, %d differ" % (
        SIDE * world.number, time.monotonic() - begun, asked, wrong))
    sys.exit(wrong != 0)


main()
