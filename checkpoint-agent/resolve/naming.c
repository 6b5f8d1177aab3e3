/*
 * naming - one function for each manager, and a check of what it says.
 *
 * A user's own containers have no names but their id.
 */
#include "checkpoint-agent/resolve/naming.h"

#include "checkpoint-agent/resolve/engine.h"
#include "lib/base/log.h"

#include <stdio.h>

#define LABEL_MAX  63
#define DOMAIN_MAX 253

/* Of a place of names: nothing there, names, or not to be believed. */
enum { NONE, FOUND, DISPUTED };

/* ---- the manager -------------------------------------------------------- */

/* What follows "/PART/" in the path; false: it is not there. */
static bool after(struct str path, const char *part, struct str *rest)
{
	struct str one;

	while (str_cut(&path, '/', &one))
		if (str_has_prefix(one, str_of(part))) {
			*rest = path;
			return true;
		}
	return false;
}

enum naming_manager naming_manager_of(struct str bundle)
{
	struct str rest, owner;

	if (after(bundle, "io.containerd.runtime.", &rest) &&
		str_cut(&rest, '/', &owner)) {
		if (str_is(owner, "k8s.io"))
			return NAMING_CONTAINERD;
		return str_is(owner, "moby") ? NAMING_DOCKER : NAMING_NOBODY;
	}
	if (str_is(str_base_name(bundle), "userdata"))
		return NAMING_STORAGE;
	return NAMING_OTHER;
}

/* ---- what a name may be ------------------------------------------------- */

static bool is_lower(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

static bool is_label(struct str s)
{
	if (s.n == 0 || s.n > LABEL_MAX || !is_lower(s.p[0]) ||
		!is_lower(s.p[s.n - 1]))
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (!is_lower(s.p[i]) && s.p[i] != '-')
			return false;
	return true;
}

static bool is_subdomain(struct str s)
{
	struct str part;

	if (s.n == 0 || s.n > DOMAIN_MAX)
		return false;
	while (str_cut(&s, '.', &part))
		if (part.n == 0 || !is_lower(part.p[0]) ||
			!is_lower(part.p[part.n - 1]))
			return false;
		else
			for (size_t i = 0; i < part.n; i++)
				if (!is_lower(part.p[i]) && part.p[i] != '-')
					return false;
	return true;
}

static bool is_engine_name(struct str s)
{
	if (s.n == 0 || s.n > DOMAIN_MAX || s.p[0] == '.')
		return false;
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		if (!is_lower(c) && !(c >= 'A' && c <= 'Z') && c != '_' &&
			c != '.' && c != '+' && c != '-')
			return false;
	}
	return true;
}

bool naming_is_good(const struct spec_names *n)
{
	if (!n->is_pod)
		return is_engine_name(n->namespace) && is_engine_name(n->pod) &&
		       is_engine_name(n->container);
	return is_label(n->namespace) && is_subdomain(n->pod) &&
	       (n->is_sandbox || is_label(n->container));
}

/* ---- the places --------------------------------------------------------- */

bool naming_parse_kubelet(struct str name, struct spec_names *n)
{
	struct str part[6];
	size_t count = 0;

	*n = (struct spec_names){0};
	while (count < sizeof(part) / sizeof(*part) &&
		str_cut(&name, '_', &part[count]))
		count++;
	if (count < sizeof(part) / sizeof(*part) || !str_is(part[0], "k8s"))
		return false;
	*n = (struct spec_names){.container = part[1],
		.pod = part[2],
		.namespace = part[3],
		.is_sandbox = str_is(part[1], "POD"),
		.is_pod = true};
	return true;
}

static const struct node *annotations_of(const struct naming *c)
{
	return node_get(c->spec->tree, "annotations");
}

/* Both places, of which the second may be silent. */
static int agree(struct spec_names *n, const struct spec_names *other)
{
	return other->namespace.n == 0 || spec_is_same(n, other) ? FOUND
								 : DISPUTED;
}

/* docker's own name for it, or names in the kubelet's form. */
static int take_docker(const struct naming *c, const struct engine_docker *d)
{
	struct spec_names *n = &c->spec->names, labels;

	c->spec->image = d->image;
	if (naming_parse_kubelet(d->name, n)) {
		spec_read_names(d->labels, SPEC_CRIO, &labels);
		return agree(n, &labels);
	}
	*n = (struct spec_names){.namespace = STR("docker"),
		.pod = d->name,
		.container = d->name};
	return d->name.n ? FOUND : NONE;
}

static int ask_docker(const struct naming *c)
{
	struct engine_docker d;

	if (!engine_ask_docker(c->host_root, c->spec, c->id, c->arena, &d))
		return NONE;
	return take_docker(c, &d);
}

static int ask_storage(const struct naming *c)
{
	const struct engine_place place = {c->host_root, c->id, c->bundle};
	struct spec_names *n = &c->spec->names, stored;
	struct storage_image known;

	if (!engine_ask_storage(&place, c->spec, c->arena, &known))
		return NONE;
	if (known.pod.n == 0) {
		c->spec->image = known.name;
		return engine_name_podman(c->host_root, c->bundle, &known,
			       c->arena, c->spec)
			       ? FOUND
			       : NONE;
	}
	if (!spec_read_names(annotations_of(c), SPEC_CRIO, n))
		return NONE;
	naming_parse_kubelet(known.container, &stored);
	return agree(n, &stored);
}

static int ask_bundle(const struct naming *c)
{
	int found = spec_find_names(annotations_of(c), &c->spec->names);

	if (found < 0)
		return DISPUTED;
	return found ? FOUND : ask_docker(c);
}

static int ask(const struct naming *c)
{
	switch (naming_manager_of(c->bundle)) {
	case NAMING_CONTAINERD:
		return spec_read_names(annotations_of(c), SPEC_CONTAINERD,
			       &c->spec->names)
			       ? FOUND
			       : NONE;
	case NAMING_DOCKER:
		return ask_docker(c);
	case NAMING_STORAGE:
		return ask_storage(c);
	case NAMING_OTHER:
		return ask_bundle(c);
	case NAMING_NOBODY:
		break;
	}
	return NONE;
}

/* ---- the whole ---------------------------------------------------------- */

/* RUNTIME/ID/ID, or user-UID/ID/ID for a user's container. */
static int name_by_id(const struct naming *c, struct err *e)
{
	const char *id = arena_copy(c->arena, str_of(c->id));
	const char *namespace = c->runtime;
	char user[32];

	if (c->owner_uid) {
		snprintf(user, sizeof(user), "user-%u", (unsigned)c->owner_uid);
		namespace = arena_copy(c->arena, str_of(user));
	}
	if (!id || !namespace)
		return err_kind(e, ERR_LIMIT, "out of memory");
	c->spec->names = (struct spec_names){.namespace = str_of(namespace),
		.pod = str_of(id),
		.container = str_of(id)};
	if (naming_is_good(&c->spec->names))
		return 0;
	return err_kind(e, ERR_INPUT, "container %s: not an id", c->id);
}

int naming_find(const struct naming *c, struct err *e)
{
	int found = c->owner_uid ? NONE : ask(c);

	if (found == FOUND && naming_is_good(&c->spec->names))
		return 0;
	if (found != NONE)
		log_event(LOG_WARN, "names of a container passed over", "id",
			c->id, "why",
			found == DISPUTED
				? "it is named in two ways as different pods"
				: "they are no names of a pod (RFC 1123)",
			NULL);
	return name_by_id(c, e);
}
