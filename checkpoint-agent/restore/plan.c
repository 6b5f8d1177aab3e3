/*
 * plan - walk a configuration and ask the rule for each item.
 *
 * One walk serves both callers, so what is shown is what is refused.
 * Capabilities are taken from CRIU's images too, since it is these that a
 * process gets back; spec.dump only says what the runtime once gave it.
 */
#include "checkpoint-agent/restore/plan.h"

#include "checkpoint-agent/criu/img_task.h"
#include "checkpoint-agent/tar/members.h"

#include <string.h>

#define REFUSED_BYTES 768 /* of a message */

struct plan_item {
	const char *what; /* "mount" */
	struct str name;
	struct str archived; /* its source or path in the archive */
	struct rule rule;
};

struct plan_walk {
	void (*see)(void *self, const struct plan_item *item);
	void *self;
	const struct node *spec;
	const struct rule_allowed *allowed;
};

static void see(const struct plan_walk *w, const char *what, struct str name,
	struct str archived, struct rule rule)
{
	const struct plan_item item = {what, name, archived, rule};

	w->see(w->self, &item);
}

/* ---- the walk ----------------------------------------------------------- */

static struct str text_of(const struct node *map, const char *key)
{
	return node_text(node_get(map, key));
}

static void walk_members(const struct plan_walk *w)
{
	const struct node *linux_part = node_get(w->spec, "linux");

	for (const struct node *n = node_first(w->spec); n; n = n->next)
		if (rule_member(n->key).fate != RULE_KEPT)
			see(w, "member", n->key, (struct str){NULL, 0},
				rule_member(n->key));
	for (const struct node *n = node_first(linux_part); n; n = n->next)
		if (rule_linux_member(n->key).fate != RULE_KEPT)
			see(w, "linux", n->key, node_text(n),
				rule_linux_member(n->key));
}

static void walk_hooks(const struct plan_walk *w)
{
	const struct node *hooks = node_get(w->spec, "hooks");

	for (const struct node *n = node_first(hooks); n; n = n->next)
		for (const struct node *h = node_first(n); h; h = h->next)
			see(w, "hook", n->key, text_of(h, "path"),
				rule_member(STR("hooks")));
}

static void walk_mounts(const struct plan_walk *w)
{
	const struct node *list = node_get(w->spec, "mounts");

	for (const struct node *n = node_first(list); n; n = n->next)
		see(w, "mount", text_of(n, "destination"), text_of(n, "source"),
			rule_mount(n, w->allowed));
}

static void walk_namespaces(const struct plan_walk *w)
{
	for (size_t i = 0; rule_namespaces[i]; i++) {
		const char *type = rule_namespaces[i];
		const struct node *n = rule_find_namespace(w->spec, type);
		struct rule rule = rule_namespace(w->spec, type, w->allowed);

		if (!n && rule.fate == RULE_KEPT && !*rule.why)
			rule.why = "the node's own";
		see(w, "namespace", str_of(type), text_of(n, "path"), rule);
	}
}

static void walk_devices(const struct plan_walk *w)
{
	const struct node *list = node_path(w->spec, "linux", "devices", NULL);
	const struct node *rules =
		node_path(w->spec, "linux", "resources", "devices", NULL);
	char name[RULE_DEVICE_BYTES];

	for (const struct node *n = node_first(list); n; n = n->next) {
		rule_device_name(n, name);
		see(w, "device", str_of(name), text_of(n, "path"),
			rule_device(n, w->allowed));
	}
	for (const struct node *n = node_first(rules); n; n = n->next) {
		if (!rule_grants_device(n))
			continue;
		rule_device_name(n, name);
		see(w, "device", str_of(name), text_of(n, "access"),
			rule_device(n, w->allowed));
	}
}

static void walk_annotations(const struct plan_walk *w)
{
	const struct node *map = node_get(w->spec, "annotations");

	for (const struct node *n = node_first(map); n; n = n->next)
		see(w, "annotation", n->key, node_text(n),
			rule_annotation(n->key));
}

static void walk_all(const struct plan_walk *w)
{
	walk_mounts(w);
	walk_namespaces(w);
	walk_devices(w);
	walk_annotations(w);
	walk_members(w);
	walk_hooks(w);
}

/* ---- showing ------------------------------------------------------------ */

struct shown {
	struct json_out *o;
	bool is_refused;
};

static void put_given(struct json_out *o, const char *key, struct str text)
{
	if (text.n)
		json_str(o, key, text);
}

static void put_item(void *self, const struct plan_item *item)
{
	struct shown *s = self;

	json_map(s->o, NULL);
	json_text(s->o, "what", item->what);
	json_str(s->o, "name", item->name);
	put_given(s->o, "archived", item->archived);
	json_text(s->o, "fate", rule_fate_name(item->rule.fate));
	put_given(s->o, "now", item->rule.value);
	put_given(s->o, "why", str_of(item->rule.why));
	json_map_end(s->o);
	s->is_refused |= item->rule.fate == RULE_REFUSED;
}

static void put_process(struct shown *s, const struct node *spec)
{
	const struct node *process = node_get(spec, "process");
	const struct node *user = node_get(process, "user");
	const struct node *caps =
		node_path(process, "capabilities", "bounding", NULL);
	static const struct rule kept = {
		RULE_KEPT, {NULL, 0}, "allowed by spec.dump"};
	char name[64];
	struct buf b = buf_fixed(name, sizeof(name));

	buf_fmt(&b, "%lld:%lld",
		(long long)node_whole(node_get(user, "uid"), 0),
		(long long)node_whole(node_get(user, "gid"), 0));
	put_item(s, &(struct plan_item){"user", buf_view(&b), {NULL, 0},
			    {RULE_KEPT, {NULL, 0}, ""}});
	for (const struct node *n = node_first(caps); n; n = n->next)
		put_item(s, &(struct plan_item){"capability", node_text(n),
				    {NULL, 0}, kept});
}

/* What some process has by CRIU's images, by the kernel's numbers. */
static uint64_t restored_capabilities(const struct images *c)
{
	uint64_t all = 0;

	for (size_t i = 0; i < c->image_count; i++) {
		struct str rest = c->images[i].bytes, message;

		if (c->images[i].kind == IMG_CORE)
			while (img_next(&rest, &message, NULL) == 1)
				all |= img_capabilities(message);
	}
	return all;
}

/* By the kernel's numbers (linux/capability.h). */
static const char *const cap_names[] = {"CHOWN", "DAC_OVERRIDE",
	"DAC_READ_SEARCH", "FOWNER", "FSETID", "KILL", "SETGID", "SETUID",
	"SETPCAP", "LINUX_IMMUTABLE", "NET_BIND_SERVICE", "NET_BROADCAST",
	"NET_ADMIN", "NET_RAW", "IPC_LOCK", "IPC_OWNER", "SYS_MODULE",
	"SYS_RAWIO", "SYS_CHROOT", "SYS_PTRACE", "SYS_PACCT", "SYS_ADMIN",
	"SYS_BOOT", "SYS_NICE", "SYS_RESOURCE", "SYS_TIME", "SYS_TTY_CONFIG",
	"MKNOD", "LEASE", "AUDIT_WRITE", "AUDIT_CONTROL", "SETFCAP",
	"MAC_OVERRIDE", "MAC_ADMIN", "SYSLOG", "WAKE_ALARM", "BLOCK_SUSPEND",
	"AUDIT_READ", "PERFMON", "BPF", "CHECKPOINT_RESTORE"};

static void put_restored_capabilities(struct shown *s, const struct images *c)
{
	static const struct rule kept = {
		RULE_KEPT, {NULL, 0}, "a process has it, by CRIU's images"};
	uint64_t all = restored_capabilities(c);

	for (size_t i = 0; i < sizeof(cap_names) / sizeof(*cap_names); i++) {
		char name[32];
		struct buf b = buf_fixed(name, sizeof(name));

		buf_fmt(&b, "CAP_%s", cap_names[i]);
		if (all >> i & 1)
			put_item(s, &(struct plan_item){"capability",
					    buf_view(&b), {NULL, 0}, kept});
	}
}

void plan_put(struct json_out *o, const struct images *c,
	const struct rule_allowed *a)
{
	struct shown s = {o, false};
	const struct plan_walk w = {put_item, &s, c->spec, a};

	json_list(o, "items");
	walk_all(&w);
	put_process(&s, c->spec);
	put_restored_capabilities(&s, c);
	json_list_end(o);
	json_truth(o, "possible", !s.is_refused);
}

/* ---- checking ----------------------------------------------------------- */

struct refusals {
	struct buf text;
	size_t n;
};

static void note_refusal(void *self, const struct plan_item *item)
{
	struct refusals *r = self;

	if (item->rule.fate != RULE_REFUSED)
		return;
	r->n++;
	buf_fmt(&r->text, "%s%s %.*s", r->n > 1 ? "; " : "", item->what,
		STR_ARG(item->name));
	if (item->archived.n)
		buf_fmt(&r->text, " (%.*s)", STR_ARG(item->archived));
	buf_fmt(&r->text, ", %s", item->rule.why);
}

static bool has_mount(const struct node *spec, struct str destination)
{
	const struct node *list = node_get(spec, "mounts");

	for (const struct node *n = node_first(list); n; n = n->next)
		if (str_eq(text_of(n, "destination"), destination))
			return true;
	return false;
}

static int check_options(
	const struct node *spec, const struct rule_allowed *a, struct err *e)
{
	for (size_t i = 0; a->binds && i < a->binds->n; i++) {
		struct str rest = str_of(a->binds->item[i]), head;

		if (!str_cut(&rest, '=', &head) || !has_mount(spec, head))
			return err_kind(e, ERR_USAGE,
				"bind %s: not DESTINATION[=SOURCE] with the "
				"destination of a mount in spec.dump",
				a->binds->item[i]);
	}
	return 0;
}

int plan_check(
	const struct node *spec, const struct rule_allowed *a, struct err *e)
{
	char text[REFUSED_BYTES];
	struct refusals r = {buf_fixed(text, sizeof(text)), 0};
	const struct plan_walk w = {note_refusal, &r, spec, a};
	const struct node *root;

	if (node_need(spec, "root", NODE_MAP, &root, e) < 0)
		return err_at(e, MEMBER_SPEC);
	if (check_options(spec, a, e) < 0)
		return -1;
	walk_all(&w);
	if (r.n == 0)
		return 0;
	return err_kind(e, ERR_DENIED,
		"the archive asks for what no option allows: %.*s%s "
		"(restore --plan lists all)",
		STR_ARG(buf_view(&r.text)), r.text.full ? "; and more" : "");
}
