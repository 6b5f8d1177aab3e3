/*
 * cmd_verify - `checkpoint-agent verify`: is an archive whole and unchanged?
 *
 * Compares its bytes with the hash that stands beside it, and every member
 * with the manifest inside.  One of them has to be there.  An encrypted one
 * can be compared with what stands beside it by anybody, its members only
 * with the key.
 */
#include "checkpoint-agent/commands.h"

#include "checkpoint-agent/manifest.h"
#include "checkpoint-agent/sidecar.h"
#include "checkpoint-agent/unwrap.h"
#include "checkpoint-agent/view.h"
#include "lib/base/json.h"

#include <string.h>

#define DOCUMENT_MAX 65536
#define INDENT       2

static bool as_json;
static const char *container = "";
static struct args_list identities;

struct found {
	bool is_beside;   /* there was a hash, and it is right */
	bool has_members; /* there was a manifest, and it is right */
	uint64_t members;
};

static int verify_beside(const char *path, struct found *f, struct err *e)
{
	char want[SHA256_HEX + 1], have[SHA256_HEX + 1];
	int there = strcmp(path, "-") == 0 ? 0 : sidecar_read(path, want, e);
	uint64_t bytes;

	if (there <= 0)
		return there;
	if (sha256_file(path, have, &bytes, e) < 0)
		return -1;
	if (strcmp(want, have) != 0)
		return err_kind(e, ERR_INPUT,
			"%s: its hash is another than "
			"%s" SIDECAR_SUFFIX " says",
			path, path);
	f->is_beside = true;
	return 0;
}

/*
 * A pod's archive has a manifest about the containers' archives as they are.
 * Without key or manifest the hash beside it is enough.
 */
static int verify_whole(const char *path, struct found *f, struct err *e)
{
	static struct source s; /* large; one in a process */
	int rc = source_open(&s, path, &identities, e);
	bool is_closed = rc < 0 && identities.n == 0 && e->kind == ERR_INPUT;

	if (rc == 0 && manifest_verify(&s, &f->members, e) < 0) {
		is_closed = e->kind == ERR_ABSENT;
		rc = err_at(e, "%s", path);
	}
	f->has_members = rc == 0;
	source_close(&s);
	return is_closed && f->is_beside ? 0 : rc;
}

/* Whoever names one wants to know of what is inside. */
static int verify_container(const char *path, struct found *f, struct err *e)
{
	static struct unwrap u; /* large; one in a process */
	const struct unwrap_place p = {path, container, &identities};
	int rc = unwrap_one(&u, &p, e);

	if (rc == 0 && manifest_verify(u.now, &f->members, e) < 0)
		rc = err_at(e, "%s: container %s", path, container);
	f->has_members = rc == 0;
	unwrap_close(&u);
	return rc;
}

static void show(struct buf *out, const struct node *tree)
{
	const struct node *members = node_get(tree, "members");

	buf_fmt(out, "%.*s:", STR_ARG(node_text(node_get(tree, "archive"))));
	if (node_truth(node_get(tree, "beside"), false))
		buf_text(out, " as the hash beside it says");
	if (members)
		buf_fmt(out, "%s %lld members as the manifest says",
			node_truth(node_get(tree, "beside"), false) ? "," : "",
			(long long)members->whole);
	buf_byte(out, '\n');
}

static void put_document(struct buf *out, const char *path,
	const struct found *f, const char *problem)
{
	struct json_out o = json_out(out, INDENT);

	json_map(&o, NULL);
	json_text(&o, "archive", path);
	json_truth(&o, "intact", problem == NULL);
	if (problem)
		json_text(&o, "problem", problem);
	json_truth(&o, "beside", f->is_beside);
	if (f->has_members)
		json_whole(&o, "members", (int64_t)f->members);
	json_map_end(&o);
	buf_byte(out, '\n');
}

static int run(size_t n, const char *const *operands)
{
	AUTO_BUF struct buf out = buf_growing(DOCUMENT_MAX);
	struct err e = {0}, said = {0};
	struct found f = {0};
	int rc = verify_beside(operands[0], &f, &e);

	(void)n;
	if (rc == 0)
		rc = *container ? verify_container(operands[0], &f, &e)
				: verify_whole(operands[0], &f, &e);
	put_document(&out, operands[0], &f, rc < 0 ? e.text : NULL);
	if ((rc == 0 || as_json) && view_print(&out, as_json, show, &said) < 0)
		rc = -1;
	if (rc == 0)
		return 0;
	return view_failure(*e.text ? &e : &said);
}

static const struct args_option options[] = {
	{"json", 0, ARGS_SWITCH, &as_json, NULL, "tell it in JSON", 0, 0, NULL},
	UNWRAP_OPTIONS(container, identities),
	{0},
};

const struct args_command command_verify = {
	.name = "verify",
	.operands = "ARCHIVE|-",
	.summary = "compare an archive with its manifest and hash",
	.text = "What was dumped with --manifest has ARCHIVE.sha256 "
		"beside it and a manifest\ninside. The first needs "
		"no key. Exit status 0: what there is says that the\n"
		"archive is as it was written.",
	.options = options,
	.min_operands = 1,
	.max_operands = 1,
	.run = run,
};
