/*
 * output - see output.h.  From top to bottom: compress, encrypt, file.
 */
#include "checkpoint-agent/output.h"

#include "checkpoint-agent/sidecar.h"

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

static size_t recipients_of(const struct output_form *form)
{
	return form->recipients ? form->recipients->n : 0;
}

int output_check(const struct output_form *form, struct err *e)
{
	struct age_key keys[AGE_RECIPIENTS_MAX];
	enum press_kind kind = PRESS_GZIP;

	if (!is_plain(form->compress) &&
		find_kind(form->compress, &kind, e) < 0)
		return -1;
	if (recipients_of(form) == 0)
		return 0;
	return parse_recipients(form->recipients, keys, e);
}

static int add_age(
	struct output *o, const struct output_form *form, struct err *e)
{
	struct age_key keys[AGE_RECIPIENTS_MAX];

	if (recipients_of(form) == 0)
		return 0;
	if (parse_recipients(form->recipients, keys, e) < 0)
		return -1;
	if (flow_age_start(&o->age, keys, form->recipients->n, &o->file, e) < 0)
		return -1;
	o->is_encrypted = true;
	o->top = &o->age.flow;
	return 0;
}

static int add_zip(
	struct output *o, const struct output_form *form, struct err *e)
{
	enum press_kind kind = PRESS_GZIP;

	if (is_plain(form->compress))
		return 0;
	if (find_kind(form->compress, &kind, e) < 0)
		return -1;
	if (flow_zip_start(&o->zip, kind, o->top, e) < 0)
		return -1;
	o->top = &o->zip.flow;
	return 0;
}

int output_open(struct output *o, int dir, const char *tag,
	const struct output_form *form, struct err *e)
{
	memset(o, 0, sizeof(*o));
	if (outfile_open(&o->out, dir, tag, e) < 0)
		return -1;
	o->has_sum = form->has_sum;
	flow_file_start(&o->file, o->out.fd);
	o->top = &o->file.flow;
	if (add_age(o, form, e) < 0)
		return -1;
	return add_zip(o, form, e);
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
	if (!o->has_sum)
		return outfile_link(&o->out, name, e);
	if (find_sum(o, e) < 0 ||
		sidecar_write(o->out.dir, name, o->sum, e) < 0)
		return -1;
	if (outfile_link(&o->out, name, e) == 0)
		return 0;
	sidecar_remove(o->out.dir, name);
	return -1;
}

uint64_t output_bytes(const struct output *o)
{
	return o->file.at;
}

int output_name(struct output *o, struct name *n, char link[NAME_MAX + 1],
	struct err *e)
{
	for (; n->again < NAME_SAME_SECOND_MAX; n->again++) {
		struct buf b = buf_fixed(link, NAME_MAX + 1);

		name_put(&b, n);
		buf_cstr(&b);
		if (b.full)
			return err_kind(e, ERR_LIMIT, "file name too long");
		if (output_link(o, link, e) == 0)
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
	outfile_drop(&o->out);
}
