/*
 * cgroup - cut "ID:CONTROLLER,...:PATH" lines and compare their paths.
 *
 * Runtimes name the cgroup of a container after its id; with the systemd
 * driver it is a scope, "cri-containerd-ID.scope" for instance.  Lines that
 * do not have three fields are skipped.
 */
#include "checkpoint-agent/node/cgroup.h"

bool cgroup_next(struct str *text, struct cgroup *c)
{
	struct str line, id;

	while (str_cut(text, '\n', &line)) {
		if (!str_cut(&line, ':', &id) ||
			!str_cut(&line, ':', &c->controllers))
			continue;
		c->path = line;
		return true;
	}
	return false;
}

static bool is_named(struct str component, struct str name)
{
	struct str scope = STR(".scope");

	if (str_has_suffix(component, scope))
		component.n -= scope.n;
	if (!str_has_suffix(component, name))
		return false;
	return component.n == name.n ||
	       component.p[component.n - name.n - 1] == '-';
}

bool cgroup_has_name(struct str text, struct str name)
{
	struct cgroup c;
	struct str component;

	while (name.n && cgroup_next(&text, &c))
		while (str_cut(&c.path, '/', &component))
			if (is_named(component, name))
				return true;
	return false;
}

bool cgroup_is_same(struct str text, struct str other)
{
	struct cgroup c;
	bool is_below_root = false;

	if (!str_eq(text, other))
		return false;
	while (cgroup_next(&text, &c))
		is_below_root |= c.path.n > 1;
	return is_below_root;
}
