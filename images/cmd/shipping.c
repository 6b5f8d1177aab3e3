/*
 * shipping - open both ends, run the transfer, print what was done.
 *
 * Blobs of a registry go straight to the layout that is being written; between
 * two registries they go through files in $TMPDIR that have no other reader.
 */
#include "images/cmd/shipping.h"

#include "images/cmd/commands.h"
#include "lib/base/fd.h"
#include "lib/base/json_out.h"
#include "lib/base/secrecy.h"
#include "lib/base/shown.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SHIPPING_JSON_BYTES ((size_t)64 << 10)
#define SHIPPING_PATH_BYTES 4096
#define SHIPPING_TAG        "latest" /* where REF names neither tag nor digest */

struct shipping_values shipping_values;

/* All that is open while a command runs. */
struct ends {
	const struct shipping *s;
	struct progress progress;
	struct registry from_registry, to_registry;
	struct from_layout from_layout;
	struct from_registry reader;
	struct to_layout to_layout;
	struct to_registry writer;
	struct from from;
	struct to to;
	char tag[REFERENCE_TAG_BYTES];   /* that the image gets */
	char spool[SHIPPING_PATH_BYTES]; /* a directory to remove; or "" */
	int spool_dir;
	char name[REFERENCE_TEXT_BYTES]; /* of the image, at the end */
};

static int open_registry(struct ends *x, struct registry *r,
	const struct reference *ref, const char *actions, struct err *e)
{
	return registry_open(r,
		&(struct registry_plan){.ref = ref,
			.options = &shipping_values.registry,
			.progress = &x->progress,
			.actions = actions},
		e);
}

/* ---- the tag ---------------------------------------------------------- */

/* "dist/pause/" with the tag 1.0, as podman names it: "localhost/pause:1.0". */
static int make_name(struct ends *x, struct err *e)
{
	const char *tag = from_layout_tag(&x->from_layout);
	struct str path = str_of(x->from_layout.path);
	struct buf out = buf_fixed(x->name, sizeof(x->name));
	struct reference checked;

	while (str_has_suffix(path, STR("/")))
		path.n--;
	path = str_base_name(path);
	if (str_has_suffix(path, STR(".tar")))
		path.n -= STR(".tar").n;
	buf_fmt(&out, "localhost/%.*s:%s", STR_ARG(path),
		tag[0] ? tag : SHIPPING_TAG);
	buf_cstr(&out);
	return reference_parse(buf_view(&out), &checked, NULL) == 0
		       ? 0
		       : err_kind(e, ERR_INPUT,
				 "%s: its index says no whole name of the "
				 "image (io.containerd.image.name), and that "
				 "of "
				 "the file makes none",
				 x->s->from_layout);
}

/* An archive has whole names, as containerd and podman take them. */
static int choose_name(struct ends *x, struct err *e)
{
	const struct shipping *s = x->s;
	struct str name;

	s->to_archive->name = x->name;
	if (!s->from_layout) {
		struct reference named = s->from_ref;

		named.digest[0] = '\0';
		reference_text(&named, x->name);
		return named.tag[0] ? 0
				    : err_kind(e, ERR_USAGE,
					      "%s: name a tag, too: the image "
					      "is called by it in the file",
					      x->name);
	}
	name = from_layout_name(&x->from_layout);
	if (name.n > 0 && str_copy(name, x->name, sizeof(x->name)) == 0)
		return 0;
	return make_name(x, e);
}

/* What the destination does not say, the source does. */
static int choose_tag(struct ends *x, struct err *e)
{
	const struct shipping *s = x->s;
	const char *tag = s->to_ref.tag;

	if (s->to_archive)
		return choose_name(x, e);
	if (s->to_layout && !s->from_layout)
		tag = s->from_ref.tag;
	else if (tag[0] == '\0' && s->to_ref.digest[0] == '\0')
		tag = s->from_layout ? from_layout_tag(&x->from_layout)
				     : s->from_ref.tag;
	str_copy(str_of(tag), x->tag, sizeof(x->tag));
	if (tag[0] || s->to_layout || s->to_ref.digest[0])
		return 0;
	return err_kind(e, ERR_USAGE,
		"%s/%s: the image has no tag yet: name one, as in %s:1.0",
		s->to_ref.registry, s->to_ref.name, s->to_ref.name);
}

/* ---- the ends ------------------------------------------------------------ */

static int open_spool(struct ends *x, struct err *e)
{
	const char *dir = getenv("TMPDIR");
	int n = snprintf(x->spool, sizeof(x->spool), "%s/keelson.XXXXXX",
		dir && dir[0] ? dir : "/tmp");

	if (n < 0 || n >= SHIPPING_PATH_BYTES || !mkdtemp(x->spool)) {
		x->spool[0] = '\0';
		return err_sys(e, "a directory in %s", dir ? dir : "/tmp");
	}
	x->spool_dir = open(x->spool, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return x->spool_dir < 0 ? err_sys(e, "%s", x->spool) : 0;
}

/* The image in the new layout is called as where it came from. */
static void name_layout(struct ends *x)
{
	struct str name = from_layout_name(&x->from_layout);

	if (!x->s->from_layout)
		reference_text(&x->s->from_ref, x->name);
	else if (str_copy(name, x->name, sizeof(x->name)) < 0)
		x->name[0] = '\0';
}

static int open_to(struct ends *x, struct err *e)
{
	const struct shipping *s = x->s;

	if (s->to_archive) {
		x->to = to_archive(s->to_archive);
		return 0;
	}
	if (s->to_layout) {
		name_layout(x);
		if (to_layout_open(&x->to_layout, s->to_layout, x->name, e) < 0)
			return -1;
		x->to = to_layout(&x->to_layout);
		return 0;
	}
	if (open_registry(x, &x->to_registry, &s->to_ref, "pull,push", e) < 0 ||
		to_registry_open(&x->writer, &x->to_registry, e) < 0)
		return -1;
	x->to_registry.also_from = s->mount_from;
	x->to = to_registry(&x->writer);
	return 0;
}

static int open_from(struct ends *x, struct err *e)
{
	const struct shipping *s = x->s;

	if (s->from_layout) {
		if (from_layout_open(&x->from_layout, s->from_layout, e) < 0 ||
			from_layout_check(&x->from_layout, e) < 0)
			return -1;
		x->from = from_layout(&x->from_layout);
		return 0;
	}
	if (open_registry(x, &x->from_registry, &s->from_ref, "pull", e) < 0)
		return -1;
	if (!s->to_layout && open_spool(x, e) < 0)
		return -1;
	x->reader = (struct from_registry){.registry = &x->from_registry};
	x->from = from_registry(&x->reader);
	return 0;
}

static int open_ends(struct ends *x, struct err *e)
{
	if (open_from(x, e) < 0 || choose_tag(x, e) < 0 || open_to(x, e) < 0)
		return -1;
	x->reader.keeps = x->s->to_layout;
	x->reader.dir = x->s->to_layout ? x->to_layout.dir : x->spool_dir;
	return 0;
}

static void close_ends(struct ends *x)
{
	const struct shipping *s = x->s;

	if (s->from_layout)
		from_layout_close(&x->from_layout);
	if (s->to_layout)
		to_layout_close(&x->to_layout);
	else if (!s->to_archive)
		to_registry_close(&x->writer);
	registry_close(&x->from_registry);
	registry_close(&x->to_registry);
	fd_close(&x->spool_dir);
	if (x->spool[0])
		rmdir(x->spool);
}

/* ---- the result ---------------------------------------------------------- */

static void name_result(struct ends *x, const struct transfer_sums *sums)
{
	const struct reference *to =
		x->s->to_layout ? &x->s->from_ref : &x->s->to_ref;
	struct reference named = *to;

	if (x->s->to_layout && x->s->from_layout)
		return; /* the name that it has there */
	memcpy(named.tag, x->tag, sizeof(named.tag));
	if (x->tag[0])
		named.digest[0] = '\0';
	else
		memcpy(named.digest, sums->digest, sizeof(named.digest));
	reference_text(&named, x->name);
}

static void print_shipped(const struct ends *x, const struct transfer_sums *s)
{
	shown_line(stdout, "%s %s", x->name, s->digest);
	if (x->s->to_layout)
		shown_line(stdout, "is in %s", x->to_layout.layout.final);
	shown_line(stdout,
		"%zu blobs of %llu bytes sent, %zu mounted, %zu there already; "
		"%zu manifests, of which %zu refer to it",
		s->sent, (unsigned long long)s->sent_bytes, s->taken_over,
		s->were_there, s->manifests, s->referrers);
}

static void print_shipped_json(
	const struct ends *x, const struct transfer_sums *s)
{
	AUTO_BUF struct buf line = buf_growing(SHIPPING_JSON_BYTES);
	struct json_out o = json_out(&line, 0);

	json_map(&o, NULL);
	json_text(&o, "image", x->name);
	json_text(&o, "digest", s->digest);
	if (x->s->to_layout)
		json_text(&o, "layout", x->to_layout.layout.final);
	json_map(&o, "blobs");
	json_whole(&o, "sent", (int64_t)s->sent);
	json_whole(&o, "sentBytes", (int64_t)s->sent_bytes);
	json_whole(&o, "mounted", (int64_t)s->taken_over);
	json_whole(&o, "present", (int64_t)s->were_there);
	json_map_end(&o);
	json_whole(&o, "manifests", (int64_t)s->manifests);
	json_whole(&o, "referrers", (int64_t)s->referrers);
	if (!x->s->to_layout)
		json_truth(&o, "referrersByTag", x->writer.wrote_lists);
	json_map_end(&o);
	shown_line(stdout, "%s", buf_cstr(&line));
}

static int carry_image(
	struct ends *x, struct transfer_sums *sums, struct err *e)
{
	const struct transfer_plan plan = {
		.from = &x->from,
		.to = &x->to,
		.progress = &x->progress,
		.version = x->s->from_layout
				   ? ""
				   : reference_version(&x->s->from_ref),
		.tag = x->tag[0] ? x->tag : NULL,
		.digest = x->s->to_ref.digest,
		.is_alone = x->s->is_alone,
	};

	return transfer_run(&plan, sums, e);
}

int shipping_from(const char *operand, struct shipping *s, struct err *e)
{
	if (layout_name_is_there(operand)) {
		s->from_layout = operand;
		return 0;
	}
	if (reference_parse(str_of(operand), &s->from_ref, e) < 0)
		return err_at(e, "%s: it is not there", operand);
	if (reference_version(&s->from_ref)[0] == '\0')
		memcpy(s->from_ref.tag, SHIPPING_TAG, sizeof(SHIPPING_TAG));
	return 0;
}

static void print_result(struct ends *x, const struct transfer_sums *sums)
{
	if (x->s->to_archive)
		return;
	name_result(x, sums);
	if (shipping_values.wants_json)
		print_shipped_json(x, sums);
	else
		print_shipped(x, sums);
}

int shipping_put(
	const struct shipping *s, struct transfer_sums *sums, struct err *e)
{
	struct ends *x = calloc(1, sizeof(*x));
	int done;

	secrecy_begin(); /* passwords and tokens of registries */
	if (!x)
		return err_kind(e, ERR_LIMIT, "out of memory");
	x->s = s;
	x->spool_dir = -1;
	x->to_layout.dir = -1;
	progress_start(&x->progress, shipping_values.is_quiet);
	done = open_ends(x, e);
	if (done == 0)
		done = carry_image(x, sums, e);
	progress_end(&x->progress);
	if (done == 0)
		print_result(x, sums);
	close_ends(x);
	free(x);
	return done;
}

int shipping_run(const struct shipping *s)
{
	struct transfer_sums sums;
	struct err e = {0};

	return shipping_put(s, &sums, &e) < 0 ? command_failure(&e) : 0;
}
