/*
 * verify - `checkpoint-agent verify`: is an archive complete and unchanged?
 *
 * Compares the file with the SHA-256 in ARCHIVE.sha256, and every member with
 * the manifest inside.  At least one of the two must exist.  The first needs
 * no key if the archive is encrypted, the second does.
 */
#include "checkpoint-agent/cmd/commands.h"

#include "checkpoint-agent/archive/manifest.h"
#include "checkpoint-agent/cmd/archive_options.h"
#include "checkpoint-agent/cmd/view.h"
#include "checkpoint-agent/store/beside.h"
#include "checkpoint-agent/store/sha256_beside.h"
#include "checkpoint-agent/tar/input.h"
#include "lib/arc/sha256.h"
#include "lib/base/fd.h"
#include "lib/base/json.h"
#include "lib/base/regular.h"

#include <string.h>

#define DOCUMENT_MAX 65536
#define INDENT       2

static struct archive_options options = ARCHIVE_OPTIONS_NONE;

struct verified {
	bool is_beside;   /* ARCHIVE.sha256 exists and is right */
	bool has_members; /* the manifest exists and is right */
	uint64_t members;
};

static int verify_beside(const char *path, struct verified *f, struct err *e)
{
	char want[SHA256_HEX + 1], have[SHA256_HEX + 1];
	int there =
		strcmp(path, "-") == 0 ? 0 : sha256_beside_read(path, want, e);
	unsigned char sum[SHA256_BYTES];
	AUTO_FD int fd = -1;
	uint64_t bytes;

	if (there <= 0)
		return there;
	if (regular_open(path, &fd, e) < 0)
		return -1;
	if (sha256_fd(fd, sum, &bytes, e) < 0)
		return err_at(e, "%s", path);
	str_hex(sum, sizeof(sum), have);
	if (strcmp(want, have) != 0)
		return err_kind(e, ERR_INPUT,
			"%s: its SHA-256 differs from the one in "
			"%s" BESIDE_SHA256,
			path, path);
	f->is_beside = true;
	return 0;
}

/*
 * The manifest of a pod's archive covers the containers' archives as they lie
 * in it.  Without a key or a manifest ARCHIVE.sha256 is enough.
 */
static int verify_whole(const char *path, struct verified *f, struct err *e)
{
	static struct input s; /* large; one in a process */
	int rc = input_open(&s, path, &options.identities, e);
	bool is_closed =
		rc < 0 && options.identities.n == 0 && e->kind == ERR_INPUT;

	s.max_bytes = options.max_bytes;
	if (rc == 0 && manifest_verify(&s, &f->members, e) < 0) {
		is_closed = e->kind == ERR_ABSENT;
		rc = err_at(e, "%s", path);
	}
	f->has_members = rc == 0;
	input_close(&s);
	return is_closed && f->is_beside ? 0 : rc;
}

/* With --container the members of that container's archive are checked. */
static int verify_container(const char *path, struct verified *f, struct err *e)
{
	static struct pod_archive u; /* large; one in a process */
	const struct pod_archive_place p =
		archive_options_place(&options, path);
	int rc = pod_archive_one(&u, &p, e);

	if (rc == 0 && manifest_verify(u.now, &f->members, e) < 0)
		rc = err_at(e, "%s: container %s", path, options.container);
	f->has_members = rc == 0;
	pod_archive_close(&u);
	return rc;
}

static void show_verified(struct buf *out, const struct node *tree)
{
	const struct node *members = node_get(tree, "members");

	buf_fmt(out, "%.*s:", STR_ARG(node_text(node_get(tree, "archive"))));
	if (node_truth(node_get(tree, "beside"), false))
		buf_text(out, " matches its .sha256 file");
	if (members)
		buf_fmt(out, "%s %lld members match the manifest",
			node_truth(node_get(tree, "beside"), false) ? "," : "",
			(long long)members->whole);
	buf_byte(out, '\n');
}

static void put_verified(struct buf *out, const char *path,
	const struct verified *f, const char *problem)
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

static int verify_run(size_t n, const char *const *operands)
{
	AUTO_BUF struct buf out = buf_growing(DOCUMENT_MAX);
	struct err e = {0}, print_error = {0};
	struct verified f = {0};
	int rc = verify_beside(operands[0], &f, &e);

	(void)n;
	if (rc == 0)
		rc = *options.container ? verify_container(operands[0], &f, &e)
					: verify_whole(operands[0], &f, &e);
	put_verified(&out, operands[0], &f, rc < 0 ? e.text : NULL);
	if ((rc == 0 || options.as_json) &&
		view_print(&out, options.as_json, show_verified, &print_error) <
			0)
		rc = -1;
	return view_exit(rc, *e.text ? &e : &print_error);
}

static const struct args_option rows[] = {
	ARCHIVE_OPTIONS_ROWS(options),
	{0},
};

const struct args_command command_verify = {
	.name = "verify",
	.operands = "ARCHIVE|-",
	.summary = "verify an archive by its manifest and hash",
	.text = "An archive dumped with --manifest has ARCHIVE.sha256 beside "
		"it and a manifest\ninside. The first can be verified "
		"without a key. Exit status 0: the archive is as\nit was "
		"written, by all of them that exist. - is standard input.",
	.options = rows,
	.min_operands = 1,
	.max_operands = 1,
	.run = verify_run,
};
