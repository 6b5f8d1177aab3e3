/*
 * external - see external.h.
 *
 * A bind mount is known by the place where it really is: where an image has a
 * symbolic link on the way, such as /var/run, both runtimes follow it before
 * they ask CRIU for that name.  A file under /proc that is covered by the
 * node's /dev/null is known to crun by its own path, to runc as /dev/null.
 * In a user namespace, where devices cannot be made, those of the node are
 * mounted one by one; runc looks for them by their path.
 */
#include "checkpoint-agent/external.h"

#include "checkpoint-agent/resolve/mountinfo.h"

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

/* 1: there is a mount exactly here; 0; -1. */
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
		return there; /* unmounted meanwhile: nothing to name */
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

/* A cover that lies outside of the container: the node's /dev/null. */
static int add_masks(const struct spec *s, const struct external_facts *f,
	struct external *x, struct err *e)
{
	for (const struct node *n = spec_masked(s); n; n = n->next) {
		struct str at = without_slash(node_text(n));
		struct mountinfo m;
		int there = mountinfo_at(f->mountinfo, at, &m, e);

		if (there < 0)
			return -1;
		if (there == 0 || !str_is(m.type, "devtmpfs"))
			continue;
		if (add_mount(x, at, f->is_crun ? at : STR("/dev/null"), e) < 0)
			return -1;
	}
	return 0;
}

/* "/dev/null" of the node upon the container's. */
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

/* Controllers of version 1; version 2 is known to CRIU. */
static int add_cgroups(struct str mountinfo, struct arena *a,
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
			return err_kind(e, ERR_LIMIT, "too many mounts");
		if (add_mount(x, str_of(at), str_of(at), e) < 0)
			return -1;
	}
	return more;
}

static int add_name(struct external *x, const char *kind, uint64_t inode,
	const char *key, struct arena *a, struct err *e)
{
	char room[96];
	struct buf b = buf_fixed(room, sizeof(room));
	char *text;

	buf_fmt(&b, "%s[%llu]:%s", kind, (unsigned long long)inode, key);
	text = arena_copy(a, buf_view(&b));
	if (!text)
		return err_kind(e, ERR_LIMIT, "out of memory");
	x->name[x->name_count++] = str_of(text);
	return 0;
}

/*
 * A process in the root of a hierarchy (on a hybrid node that is version 2)
 * shares it with the whole node: CRIU would describe every cgroup there is.
 * Where it is nowhere in one of its own, a name that no hierarchy has keeps
 * CRIU from taking all.
 */
static void list_cgroups(struct str text, struct external *x)
{
	struct str line, id, name;

	x->cgroup_count = 0;
	while (str_cut(&text, '\n', &line) &&
		x->cgroup_count < EXTERNAL_CGROUPS_MAX)
		if (str_cut(&line, ':', &id) && str_cut(&line, ':', &name) &&
			!str_is(line, "/"))
			x->cgroup[x->cgroup_count++] = name;
	if (x->cgroup_count == 0)
		x->cgroup[x->cgroup_count++] = STR("none");
}

int external_list(const struct spec *s, const struct external_facts *f,
	struct arena *a, struct external *x, struct err *e)
{
	x->mount_count = 0;
	x->name_count = 0;
	x->empties_net = s->net == SPEC_NET_NEW;
	list_cgroups(f->cgroup, x);
	if (add_binds(s, f, a, x, e) < 0)
		return -1;
	if (add_masks(s, f, x, e) < 0)
		return -1;
	if (add_devices(s, f, x, e) < 0)
		return -1;
	if (add_cgroups(f->mountinfo, a, x, e) < 0)
		return -1;
	if (s->net == SPEC_NET_PATH &&
		add_name(x, "net", f->net_inode, "extRootNetNS", a, e) < 0)
		return -1;
	if (s->joins_pid &&
		add_name(x, "pid", f->pid_inode, "extRootPidNS", a, e) < 0)
		return -1;
	return 0;
}
