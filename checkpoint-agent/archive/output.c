/*
 * output - stack the layers and name the file.
 *
 * From top to bottom: compress, encrypt, write.  The SHA-256 of the file is
 * computed by reading it back, once the container runs again.
 */
#include "checkpoint-agent/archive/output.h"

#include "checkpoint-agent/store/beside.h"
#include "checkpoint-agent/store/owner.h"
#include "checkpoint-agent/store/sha256_beside.h"
#include "lib/base/fd.h"

#include <string.h>
#include <unistd.h>

static bool is_plain(const char *compress)
{
	return !compress || !*compress || strcmp(compress, "none") == 0;
}

static int find_kind(const char *compress, enum press_kind *kind, struct err *e)
{
	if (strcmp(compress, "gzip") == 0)
		*kind = PRESS_GZIP;
	else if (strcmp(compress, "zstd") == 0)
		*kind = PRESS_ZSTD;
	else
		return err_kind(e, ERR_USAGE,
			"compression %s: not none, gzip or zstd", compress);
	return 0;
}

static int parse_recipients(
	const struct args_list *l, struct age_key *keys, struct err *e)
{
	if (l->n > AGE_RECIPIENTS_MAX)
		return err_kind(e, ERR_USAGE, "more than %d recipients",
			AGE_RECIPIENTS_MAX);
	for (size_t i = 0; i < l->n; i++)
		if (age_recipient_parse(str_of(l->item[i]), &keys[i], e) < 0)
			return err_at(e, "recipient %s", l->item[i]);
	return 0;
}

int output_check(const struct dump_options *options, struct err *e)
{
	struct age_key keys[AGE_RECIPIENTS_MAX];
	enum press_kind kind = PRESS_GZIP;

	if (!is_plain(options->compress) &&
		find_kind(options->compress, &kind, e) < 0)
		return -1;
	if (options->recipients.n == 0)
		return 0;
	return parse_recipients(&options->recipients, keys, e);
}

static int add_age(
	struct output *o, const struct dump_options *options, struct err *e)
{
	struct age_key keys[AGE_RECIPIENTS_MAX];

	if (options->recipients.n == 0)
		return 0;
	if (parse_recipients(&options->recipients, keys, e) < 0)
		return -1;
	if (flow_age_start(&o->age, keys, options->recipients.n, &o->file, e) <
		0)
		return -1;
	o->is_encrypted = true;
	o->top = &o->age.flow;
	return 0;
}

static int add_zip(
	struct output *o, const struct dump_options *options, struct err *e)
{
	enum press_kind kind = PRESS_GZIP;

	if (is_plain(options->compress))
		return 0;
	if (find_kind(options->compress, &kind, e) < 0)
		return -1;
	if (flow_zip_start(&o->zip, kind, o->top, e) < 0)
		return -1;
	o->top = &o->zip.flow;
	return 0;
}

int output_open(struct output *o, int dir, const char *tag,
	const struct dump_options *options, struct err *e)
{
	memset(o, 0, sizeof(*o));
	if (new_file_open(&o->out, dir, tag, e) < 0)
		return -1;
	flow_file_start(&o->file, o->out.fd);
	o->top = &o->file.flow;
	if (add_age(o, options, e) < 0)
		return -1;
	return add_zip(o, options, e);
}

const struct flow_file *output_plain_file(const struct output *o)
{
	return o->top == &o->file.flow ? &o->file : NULL;
}

/* Read back once the container runs again: mostly from the page cache. */
static int find_sum(struct output *o, struct err *e)
{
	unsigned char hash[SHA256_BYTES];

	if (o->sum[0])
		return 0;
	if (lseek(o->out.fd, 0, SEEK_SET) < 0)
		return err_sys(e, "read archive back");
	if (sha256_fd(o->out.fd, hash, NULL, e) < 0)
		return -1;
	str_hex(hash, sizeof(hash), o->sum);
	return 0;
}

int output_link(struct output *o, const char *name, struct err *e)
{
	AUTO_FD int lock = -1;

	if (!o->has_sum)
		return new_file_link(&o->out, name, e);
	if (find_sum(o, e) < 0 ||
		sha256_beside_write(o->out.dir, name, o->sum, &lock, e) < 0)
		return -1;
	if (new_file_link(&o->out, name, e) == 0)
		return 0;
	beside_remove(o->out.dir, name, BESIDE_SHA256);
	return -1;
}

uint64_t output_bytes(const struct output *o)
{
	return o->file.at;
}

/* Whose it is, and under which name. */
static int link_owned(struct output *o, const struct archive_name *n,
	const char *name, struct err *e)
{
	AUTO_FD int lock = -1;

	if (owner_write(o->out.fd, n))
		return output_link(o, name, e);
	if (owner_write_beside(o->out.dir, name, n, &lock, e) < 0)
		return -1;
	if (output_link(o, name, e) == 0)
		return 0;
	beside_remove(o->out.dir, name, BESIDE_OWNER);
	return -1;
}

int output_name(struct output *o, struct archive_name *n,
	char link[NAME_MAX + 1], struct err *e)
{
	for (; n->again < ARCHIVE_NAME_SAME_SECOND_MAX; n->again++) {
		struct buf b = buf_fixed(link, NAME_MAX + 1);

		archive_name_put(&b, n);
		buf_cstr(&b);
		if (b.full)
			return err_kind(e, ERR_LIMIT, "file name too long");
		if (link_owned(o, n, link, e) == 0)
			return 0;
		if (e->kind != ERR_BUSY)
			return -1;
		err_clear(e);
	}
	return err_kind(e, ERR_LIMIT, "too many archives in one second");
}

void output_drop(struct output *o)
{
	flow_zip_free(&o->zip);
	flow_age_free(&o->age);
	flow_file_stop(&o->file);
	new_file_drop(&o->out);
}
