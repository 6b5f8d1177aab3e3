/*
 * external - go through the specification and look up each entry in
 * mountinfo.
 *
 * A bind mount is named by its real path: where the container image has a
 * symbolic link on the way, such as /var/run, both runtimes resolve it before
 * they ask CRIU for that name.  A masked file under /proc, with the node's
 * /dev/null mounted over it, is named by its own path for crun and "/dev/null"
 * for runc.  In a user namespace devices cannot be made, so those of the node
 * are mounted one by one; runc looks for them by their path.
 */
#include "checkpoint-agent/preflight/external.h"

#include "checkpoint-agent/node/cgroup.h"
#include "checkpoint-agent/node/mountinfo.h"

#include <stdio.h>

static struct str without_slash(struct str s)
{
	while (s.n > 1 && s.p[s.n - 1] == '/')
		s.n--;
	return s;
}

static bool is_listed(const struct external *x, struct str at)
{
	for (size_t i = 0; i < x->mount_count; i++)
		if (str_eq(x->mount[i].at, at))
			return true;
	return false;
}

static int add_mount(
	struct external *x, struct str at, struct str name, struct err *e)
{
	if (is_listed(x, at))
		return 0;
	if (x->mount_count == EXTERNAL_MOUNTS_MAX)
		return err_kind(e, ERR_LIMIT, "more than %d mounts",
			EXTERNAL_MOUNTS_MAX);
	x->mount[x->mount_count++] = (struct criu_mount){at, name};
	return 0;
}

/* 1: there is a mount at exactly this path; 0: there is none; -1. */
static int is_mounted(
	struct str mountinfo, struct str at, struct arena *a, struct err *e)
{
	struct mountinfo m;
	int more;

	while ((more = mountinfo_next(&mountinfo, &m, e)) == 1) {
		if (str_find(m.at, '\\') == m.at.n) {
			if (str_eq(m.at, at))
				return 1;
			continue;
		}
		const char *plain = mountinfo_decode(a, m.at);

		if (plain && str_is(at, plain))
			return 1;
	}
	return more;
}

static int add_bind(const struct external_facts *f, struct str destination,
	struct arena *a, struct external *x, struct err *e)
{
	struct str name = without_slash(destination), at = name;
	int there = is_mounted(f->mountinfo, at, a, e);

	if (there == 0) {
		const char *text = arena_copy(a, name);
		const char *real = text ? f->find(f->context, text) : NULL;

		at = str_of(real);
		there = at.n ? is_mounted(f->mountinfo, at, a, e) : 0;
	}
	if (there <= 0)
		return there; /* unmounted meanwhile */
	return add_mount(x, at, at, e);
}

static int add_binds(const struct spec *s, const struct external_facts *f,
	struct arena *a, struct external *x, struct err *e)
{
	for (const struct node *m = spec_mounts(s); m; m = m->next) {
		struct str destination = node_text(node_get(m, "destination"));

		if (spec_is_bind(m) && destination.n &&
			add_bind(f, destination, a, x, e) < 0)
			return -1;
	}
	return 0;
}

/* 1: the file system is mounted from its root on; 0: it is not; -1. */
static int is_whole_there(
	struct str mountinfo, struct str device, struct err *e)
{
	struct mountinfo m;
	int more;

	while ((more = mountinfo_next(&mountinfo, &m, e)) == 1)
		if (str_eq(m.device, device) && str_is(m.root, "/"))
			return 1;
	return more;
}

/*
 * Masked paths over which something of the node is mounted: /dev/null, or with
 * crun since 1.24 an empty directory below /run.  The container does not have
 * that file system as a whole.  It has the one of its own /dev/null, which
 * CRIU mounts again by itself.
 */
static int add_masks(const struct spec *s, const struct external_facts *f,
	struct external *x, struct err *e)
{
	for (const struct node *n = spec_masked(s); n; n = n->next) {
		struct str at = without_slash(node_text(n));
		struct mountinfo m;
		int there = mountinfo_at(f->mountinfo, at, &m, e);

		if (there < 0)
			return -1;
		if (there == 0)
			continue;
		if (str_is(m.type, "devtmpfs")) {
			if (add_mount(x, at, f->is_crun ? at : STR("/dev/null"),
				    e) < 0)
				return -1;
			continue;
		}
		there = is_whole_there(f->mountinfo, m.device, e);
		if (there < 0 || (there == 0 && add_mount(x, at, at, e) < 0))
			return -1;
	}
	return 0;
}

/* Devices of the node that are mounted over the container's. */
static int add_devices(const struct spec *s, const struct external_facts *f,
	struct external *x, struct err *e)
{
	struct str mountinfo = f->mountinfo;
	struct mountinfo m;
	int more;

	if (!f->is_rootless && !spec_has_namespace(s->tree, "user"))
		return 0;
	while ((more = mountinfo_next(&mountinfo, &m, e)) == 1)
		if (str_is(m.type, "devtmpfs") &&
			str_has_prefix(m.at, STR("/dev/")) &&
			str_find(m.at, '\\') == m.at.n &&
			add_mount(x, m.at, m.at, e) < 0)
			return -1;
	return more;
}

/* Hierarchies of version 1; CRIU handles version 2 by itself. */
static int add_cgroup_mounts(struct str mountinfo, struct arena *a,
	struct external *x, struct err *e)
{
	struct mountinfo m;
	int more;

	while ((more = mountinfo_next(&mountinfo, &m, e)) == 1) {
		const char *at;

		if (!str_is(m.type, "cgroup"))
			continue;
		at = mountinfo_decode(a, m.at);
		if (!at)
			return err_kind(e, ERR_LIMIT, "out of memory");
		if (add_mount(x, str_of(at), str_of(at), e) < 0)
			return -1;
	}
	return more;
}

static int add_name(
	struct external *x, const char *name, struct arena *a, struct err *e)
{
	char *text = arena_copy(a, str_of(name));

	if (!text)
		return err_kind(e, ERR_LIMIT, "out of memory");
	x->name[x->name_count++] = str_of(text);
	return 0;
}

/*
 * A process in the root of a hierarchy (version 2, on a hybrid node) shares it
 * with the whole node, and CRIU would dump every cgroup there is.  When the
 * process has no cgroup of its own at all, a name that no hierarchy has keeps
 * CRIU from taking all of them.
 */
static void list_controllers(struct str text, struct external *x)
{
	struct cgroup c;

	x->cgroup_count = 0;
	while (x->cgroup_count < EXTERNAL_CGROUPS_MAX && cgroup_next(&text, &c))
		if (!str_is(c.path, "/"))
			x->cgroup[x->cgroup_count++] = c.controllers;
	if (x->cgroup_count == 0)
		x->cgroup[x->cgroup_count++] = STR("none");
}

/* "KIND[INODE]:KEY", with the keys of runc and crun. */
static int add_namespaces(const struct spec *s, const struct external_facts *f,
	struct arena *a, struct external *x, struct err *e)
{
	char net[64], pid[64];

	snprintf(net, sizeof(net), "net[%llu]:extRootNetNS",
		(unsigned long long)f->net_inode);
	snprintf(pid, sizeof(pid), "pid[%llu]:extRootPidNS",
		(unsigned long long)f->pid_inode);
	if (s->net == SPEC_NET_PATH && add_name(x, net, a, e) < 0)
		return -1;
	return s->joins_pid ? add_name(x, pid, a, e) : 0;
}

int external_list(const struct spec *s, const struct external_facts *f,
	struct arena *a, struct external *x, struct err *e)
{
	x->mount_count = 0;
	x->name_count = 0;
	x->empties_net = s->net == SPEC_NET_NEW;
	list_controllers(f->cgroup, x);
	if (add_binds(s, f, a, x, e) < 0)
		return -1;
	if (add_masks(s, f, x, e) < 0)
		return -1;
	if (add_devices(s, f, x, e) < 0)
		return -1;
	if (add_cgroup_mounts(f->mountinfo, a, x, e) < 0)
		return -1;
	return add_namespaces(s, f, a, x, e);
}
