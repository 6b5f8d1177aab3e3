/*
 * pod_join - pod.options, pod.dump, then each part copied in and removed.
 *
 * The containers run again while this works.  The pod's archive itself is
 * neither compressed nor encrypted: its parts are.
 */
#include "checkpoint-agent/dump/pod_join.h"

#include "checkpoint-agent/archive/output.h"
#include "checkpoint-agent/archive/tarball.h"
#include "checkpoint-agent/tar/members.h"
#include "lib/base/fd.h"
#include "lib/base/json.h"
#include "lib/base/regular.h"
#include "lib/base/whole.h"

#include <fcntl.h>
#include <unistd.h>

#define TEXT_MAX   65536
#define COPY_BYTES 65536

/* The archive while it is written. */
struct joining {
	const struct pod_join *a;
	struct output output;
	struct tarball tar;
	struct manifest manifest;
};

static void put_part_name(const struct pod_join *a, const struct pod_part *part,
	bool with_tail, struct buf *b)
{
	buf_str(b, part->target->spec.names.container);
	if (with_tail)
		buf_text(b, a->options->recipients.n ? ".tar.age" : ".tar");
}

/* {"version":1,"containers":{"NAME":"NAME",...}} */
static int add_options(struct joining *j, struct err *e)
{
	AUTO_BUF struct buf text = buf_growing(TEXT_MAX);
	struct json_out o = json_out(&text, 0);

	json_map(&o, NULL);
	json_whole(&o, "version", 1);
	json_map(&o, "containers");
	for (size_t i = 0; i < j->a->n; i++) {
		char name[NAME_MAX];
		struct buf b = buf_fixed(name, sizeof(name));

		put_part_name(j->a, &j->a->part[i], false, &b);
		json_text(&o, buf_cstr(&b), buf_cstr(&b));
	}
	json_map_end(&o);
	json_map_end(&o);
	if (whole_check(&text, MEMBER_POD_OPTIONS, e) < 0)
		return -1;
	return tarball_add(&j->tar, MEMBER_POD_OPTIONS, buf_view(&text), e);
}

static int add_dump(struct joining *j, struct err *e)
{
	const struct node *spec = j->a->part[0].target->spec.tree;
	const struct node *notes = node_get(spec, "annotations");
	AUTO_BUF struct buf text = buf_growing(TEXT_MAX);
	struct json_out o = json_out(&text, 0);

	json_map(&o, NULL);
	json_map(&o, "metadata");
	json_text(&o, "name", j->a->pod);
	json_str(&o, "uid",
		node_text(node_get(notes, "io.kubernetes.cri.sandbox-uid")));
	json_text(&o, "namespace", j->a->namespace);
	json_map_end(&o);
	json_str(&o, "hostname", node_text(node_get(spec, "hostname")));
	json_map_end(&o);
	if (whole_check(&text, MEMBER_POD_DUMP, e) < 0)
		return -1;
	return tarball_add(&j->tar, MEMBER_POD_DUMP, buf_view(&text), e);
}

static int copy_part(struct joining *j, int from, struct err *e)
{
	static char piece[COPY_BYTES];
	ssize_t n;

	while ((n = read(from, piece, sizeof(piece))) > 0)
		if (tarball_put(&j->tar, piece, (size_t)n, e) < 0)
			return -1;
	return n < 0 ? err_sys(e, "read a container's archive") : 0;
}

/* Copy it into the pod's archive and remove it. */
static int add_part(
	struct joining *j, const struct pod_part *part, struct err *e)
{
	char name[TARBALL_NAME_BYTES + 1];
	struct buf b = buf_fixed(name, sizeof(name));
	AUTO_FD int from = -1;

	put_part_name(j->a, part, true, &b);
	if (regular_open_at(j->a->dir, part->file, &from, e) < 0)
		return -1;
	if (tarball_open(&j->tar, buf_cstr(&b), e) < 0 ||
		copy_part(j, from, e) < 0 || tarball_close(&j->tar, e) < 0)
		return -1;
	unlinkat(j->a->dir, part->file, 0);
	return 0;
}

static int open_archive(struct joining *j, struct err *e)
{
	const struct dump_options plain = {.compress = "none"};
	bool has_manifest = j->a->options->has_manifest;

	if (output_open(&j->output, j->a->dir, j->a->tag, &plain, e) < 0)
		return -1;
	j->output.has_sum = has_manifest;
	tarball_start(&j->tar, j->output.top, j->a->time_s);
	if (has_manifest)
		tarball_use_manifest(
			&j->tar, &j->manifest, output_plain_file(&j->output));
	return 0;
}

static int fill_archive(struct joining *j, struct err *e)
{
	if (add_options(j, e) < 0 || add_dump(j, e) < 0)
		return -1;
	for (size_t i = 0; i < j->a->n; i++)
		if (add_part(j, &j->a->part[i], e) < 0)
			return -1;
	return tarball_end(&j->tar, e);
}

/* As the kubelet names archives, without the container. */
static int name_archive(struct joining *j, struct dump_result *r, struct err *e)
{
	struct archive_name name = {.namespace = str_of(j->a->namespace),
		.pod = str_of(j->a->pod),
		.container = STR(""),
		.time_s = j->a->time_s};

	return output_name(&j->output, &name, r->name, e);
}

int pod_join_write(
	const struct pod_join *a, struct dump_result *r, struct err *e)
{
	static struct joining j; /* too large for the stack; one in a process */
	int result = -1;

	j = (struct joining){.a = a};
	j.output.out.fd = -1;
	manifest_start(&j.manifest, -1);
	if (open_archive(&j, e) == 0 && fill_archive(&j, e) == 0) {
		r->bytes = output_bytes(&j.output);
		result = name_archive(&j, r, e);
	}
	if (result == 0)
		result = new_file_finish(&j.output.out, e);
	output_drop(&j.output);
	manifest_free(&j.manifest);
	return result;
}
