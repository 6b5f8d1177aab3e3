/*
 * GNU ar archives, as binutils writes them (ar(5) of System V with `/` behind
 * names, `//` for the table of long names, `/N` for a name in it).
 */
#include "static-build/record/members.h"

#define HEADER_BYTES 60u
#define NAME_BYTES   16u
#define SIZE_AT      48u
#define SIZE_BYTES   10u
#define MAGIC_BYTES  8u

int members_start(struct members *m, struct str file, struct err *e)
{
	*m = (struct members){.file = file, .at = MAGIC_BYTES};
	m->is_thin = str_has_prefix(file, STR("!<thin>\n"));
	if (!m->is_thin && !str_has_prefix(file, STR("!<arch>\n")))
		return err_kind(e, ERR_INPUT, "not an archive");
	return 0;
}

/* The part of a fixed field before its padding. */
static struct str field(struct str header, size_t at, size_t n)
{
	return str_trim(str_sub(header, at, n));
}

/* "/123" is at offset 123 of the table, up to "/\n". */
static int long_name(const struct members *m, struct str digits,
	struct str *out, struct err *e)
{
	uint64_t at;

	if (str_u64(digits, 0, m->names.n, &at) < 0)
		return err_kind(e, ERR_INPUT, "name outside the name table");
	*out = str_sub(m->names, (size_t)at, m->names.n);
	*out = str_sub(*out, 0, str_find(*out, '\n'));
	if (str_has_suffix(*out, STR("/")))
		out->n--;
	return 0;
}

static int name_of(const struct members *m, struct str name, struct str *out,
	struct err *e)
{
	if (name.n > 1 && name.p[0] == '/')
		return long_name(m, str_sub(name, 1, name.n), out, e);
	*out = str_sub(name, 0, str_find(name, '/'));
	return 0;
}

static bool is_index(struct str name)
{
	return str_is(name, "/") || str_is(name, "/SYM64/");
}

/* Read the header at m->at and move behind the member. */
static int take(
	struct members *m, struct str *name, struct member *out, struct err *e)
{
	struct str header = str_sub(m->file, m->at, HEADER_BYTES);
	size_t data = m->at + HEADER_BYTES;
	bool is_inside;

	if (header.n < HEADER_BYTES)
		return err_kind(e, ERR_INPUT, "cut off at byte %zu", m->at);
	if (str_u64(field(header, SIZE_AT, SIZE_BYTES), 0, UINT32_MAX,
		    &out->size) < 0)
		return err_kind(e, ERR_INPUT, "bad size at byte %zu", m->at);
	*name = field(header, 0, NAME_BYTES);
	is_inside = !m->is_thin || is_index(*name) || str_is(*name, "//");
	out->bytes = (struct str){NULL, 0};
	out->offset = 0;
	m->at = data;
	if (!is_inside)
		return 0;
	out->bytes = str_sub(m->file, data, (size_t)out->size);
	out->offset = data;
	if (out->bytes.n != out->size)
		return err_kind(e, ERR_INPUT, "cut off at byte %zu", data);
	m->at = data + (size_t)out->size + (out->size & 1);
	return 0;
}

int members_next(struct members *m, struct member *out, struct err *e)
{
	struct str name;

	while (m->at < m->file.n) {
		if (take(m, &name, out, e) < 0)
			return -1;
		if (str_is(name, "//"))
			m->names = out->bytes;
		else if (!is_index(name))
			return name_of(m, name, &out->name, e) < 0 ? -1 : 1;
	}
	return 0;
}
