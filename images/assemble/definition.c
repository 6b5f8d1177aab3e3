/*
 * definition - the table of keys (definition_keys.h) has done most when the
 * files are loaded; here are the rules between keys, and those that need all
 * files.
 *
 * What the config says of the user are numbers, never a name: a kubelet cannot
 * check runAsNonRoot against a name.
 */
#include "images/assemble/definition.h"

#include "images/assemble/definition_keys.h"
#include "lib/arc/oci.h"
#include "lib/base/fd.h"
#include "rootfs/form.h"

#include <string.h>

#define USER_BYTES 32

int definition_at(
	const struct definition *d, const struct node *n, struct err *e)
{
	return err_at(e, "%s: line %u", definition_file_of(&d->set, n),
		(unsigned)n->line);
}

uint32_t definition_mode(const struct node *n, uint32_t otherwise)
{
	struct str s = node_text(n);
	uint32_t mode = 0;

	for (size_t i = 0; i < s.n; i++)
		mode = mode * 8 + (uint32_t)(s.p[i] - '0');
	return n ? mode : otherwise;
}

/* "checkpoint-agent" from "images/checkpoint-agent.yaml". */
static struct str name_of_file(const char *file)
{
	struct str s = str_base_name(str_of(file));

	if (str_has_suffix(s, STR(".yaml")))
		s.n -= strlen(".yaml");
	return s;
}

/* Of a file's three ways to say what is in it, just one. */
static int check_file(const struct node *n, struct err *e)
{
	const struct node *empty = node_get(n, "empty");
	int ways = (node_get(n, "content") != NULL) +
		   (node_get(n, "source") != NULL) + node_truth(empty, false);

	if (ways != 1)
		return form_refuse(
			n, e, "say one of content, source and empty: true");
	return 0;
}

static int check_files(const struct definition *d, struct err *e)
{
	for (const struct node *c = node_first(d->files); c; c = c->next)
		if (check_file(c, e) < 0) {
			err_at(e, "files");
			return err_at(e, "%s", definition_file_of(&d->set, c));
		}
	return 0;
}

/* Keys that the builder sets from elsewhere. */
static int check_own(
	const struct definition *d, const struct node *map, struct err *e)
{
	static const char *const own[] = {OCI_KEY("created"), OCI_KEY("title"),
		OCI_KEY("description"), OCI_KEY("vendor"), OCI_KEY("version"),
		OCI_KEY("licenses"), OCI_KEY("url"), OCI_KEY("ref.name")};

	for (const struct node *c = node_first(map); c; c = c->next)
		for (size_t i = 0; i < sizeof(own) / sizeof(*own); i++) {
			if (!str_is(c->key, own[i]))
				continue;
			form_refuse(c, e,
				"is set from the definition's other keys and "
				"from keelson.yaml");
			err_at(e, "%.*s", STR_ARG(map->key));
			return err_at(e, "%s", definition_file_of(&d->set, c));
		}
	return 0;
}

/* By numbers, from `user` or from the accounts' `run-as`. */
static int fill_user(
	struct definition *d, const struct node *user, struct err *e)
{
	const struct account *run_as = d->accounts.run_as;
	char text[USER_BYTES];
	struct buf b = buf_fixed(text, sizeof(text));
	uint32_t uid, gid;

	if (user && run_as)
		return form_refuse(user, e, "accounts have run-as already");
	if (!user && !run_as)
		return err_kind(e, ERR_INPUT,
			"key user is missing, or accounts with run-as");
	if (accounts_owner(&d->accounts, user, &uid, &gid, e) < 0)
		return -1;
	if (run_as) {
		uid = run_as->uid;
		gid = run_as->gid;
	}
	buf_fmt(&b, "%u:%u", (unsigned)uid, (unsigned)gid);
	d->user = (struct str){arena_copy(&d->arena, buf_view(&b)), b.n};
	return d->user.p ? 0 : err_kind(e, ERR_LIMIT, "out of memory");
}

static void fill(struct definition *d, const struct node *doc)
{
	d->name = node_text(node_get(doc, "name"));
	d->title = node_text(node_get(doc, "title"));
	d->description = node_text(node_get(doc, "description"));
	d->workdir = node_text(node_get(doc, "workdir"));
	d->archs = node_get(doc, "archs");
	d->stop_signal = node_text(node_get(doc, "stop-signal"));
	d->entrypoint = node_get(doc, "entrypoint");
	d->cmd = node_get(doc, "cmd");
	d->ports = node_get(doc, "ports");
	d->volumes = node_get(doc, "volumes");
	d->env = node_get(doc, "env");
	d->labels = node_get(doc, "labels");
	d->annotations = node_get(doc, "annotations");
	d->healthcheck = node_get(doc, "healthcheck");
	d->skel = node_get(doc, "skel");
	d->pick = node_get(doc, "pick");
	d->programs = node_get(doc, "programs");
	d->files = node_get(doc, "files");
	d->links = node_get(doc, "links");
	d->hard_links = node_get(doc, "hard-links");
	d->directories = node_get(doc, "directories");
	d->permissions = node_get(doc, "permissions");
}

/* What follows from several keys; messages have the line. */
static int check_whole(
	struct definition *d, const struct node *doc, struct err *e)
{
	const struct node *name = node_get(doc, "name");

	if (form_check_needed(doc, definition_keys, e) < 0)
		return -1;
	if (!str_eq(d->name, name_of_file(d->file)))
		return form_refuse(name, e, "must be the name of the file");
	if (accounts_read(
		    node_get(doc, "accounts"), &d->arena, &d->accounts, e) < 0)
		return -1;
	return fill_user(d, node_get(doc, "user"), e);
}

int definition_parse(struct str text, const char *file,
	const struct definition_given *given, struct definition *d,
	struct err *e)
{
	*d = (struct definition){
		.arena = arena_make(DEFINITION_BYTES), .file = file};
	d->set.arena = &d->arena;
	if (definition_load(text, file, given, &d->set, e) < 0)
		return -1;
	fill(d, d->set.doc);
	if (check_whole(d, d->set.doc, e) < 0)
		return d->set.n > 1 ? err_at(e, "%s or what it includes", file)
				    : err_at(e, "%s", file);
	if (check_files(d, e) < 0 || check_own(d, d->labels, e) < 0)
		return -1;
	return check_own(d, d->annotations, e);
}

int definition_read(const char *file, const struct definition_given *given,
	struct definition *d, struct err *e)
{
	AUTO_BUF struct buf text = buf_growing(FORM_FILE_BYTES);

	*d = (struct definition){0};
	if (file_read(file, &text, e) < 0)
		return -1;
	return definition_parse(buf_view(&text), file, given, d, e);
}

void definition_free(struct definition *d)
{
	arena_free(&d->arena);
}
