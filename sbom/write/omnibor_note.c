/*
 * omnibor_note - behind the file: the note, the names of sections with one
 * more, the table of sections with one more.
 */
#include "sbom/write/omnibor_note.h"

#include "lib/arc/elf.h"
#include "lib/arc/sha256.h"

#include <elf.h>
#include <string.h>

enum { NOTE_GITOID_SHA1 = 1, NOTE_GITOID_SHA256 = 2 };

static const char note_owner[8] = "OMNIBOR";

static void note_align(struct buf *b, size_t to)
{
	while (b->n % to != 0)
		buf_byte(b, 0);
}

static void note_put(struct buf *b, uint32_t type, struct str id)
{
	unsigned char bytes[SHA256_BYTES];
	Elf64_Nhdr head = {.n_namesz = sizeof(note_owner),
		.n_descsz = (uint32_t)(id.n / 2),
		.n_type = type};

	if (id.n == 0 || id.n / 2 > sizeof(bytes) ||
		str_unhex(id, bytes, id.n / 2) < 0)
		return;
	buf_put(b, &head, sizeof(head));
	buf_put(b, note_owner, sizeof(note_owner));
	buf_put(b, bytes, id.n / 2);
}

/* What the new table of sections is made of. */
struct note_parts {
	Elf64_Ehdr head;
	struct str table, names; /* as they are */
};

static int note_parts(struct str program, struct note_parts *p, struct err *e)
{
	struct elf elf;
	struct elf_section known;

	if (elf_open(program, &elf, e) < 0)
		return -1;
	if (elf.n_sections == 0 || elf.n_sections + 1 > ELF_PARTS_MAX)
		return err_kind(e, ERR_INPUT, "no sections, or too many");
	if (elf_find_section(&elf, OMNIBOR_NOTE, &known))
		return err_kind(e, ERR_INPUT, "it has a " OMNIBOR_NOTE);
	memcpy(&p->head, program.p, sizeof(p->head));
	if (p->head.e_shstrndx >= p->head.e_shnum)
		return err_kind(e, ERR_INPUT, "no names of sections");
	p->table = str_sub(
		program, elf.sections_at, elf.n_sections * sizeof(Elf64_Shdr));
	p->names = elf.names;
	return 0;
}

static void note_put_table(struct buf *out, const struct note_parts *p,
	const Elf64_Shdr *note, size_t names_at, size_t names_size)
{
	for (size_t i = 0; i < p->head.e_shnum; i++) {
		Elf64_Shdr s;

		memcpy(&s, p->table.p + i * sizeof(s), sizeof(s));
		if (i == p->head.e_shstrndx) {
			s.sh_offset = names_at;
			s.sh_size = names_size;
		}
		buf_put(out, &s, sizeof(s));
	}
	buf_put(out, note, sizeof(*note));
}

int omnibor_note_add(struct str program, struct str sha1, struct str sha256,
	struct buf *out, struct err *e)
{
	struct note_parts p;
	Elf64_Shdr note = {.sh_type = SHT_NOTE, .sh_addralign = 4};
	size_t names_at, table_at;

	if (note_parts(program, &p, e) < 0)
		return -1;
	buf_str(out, program);
	note_align(out, 8);
	note.sh_offset = out->n;
	note_put(out, NOTE_GITOID_SHA1, sha1);
	note_put(out, NOTE_GITOID_SHA256, sha256);
	note.sh_size = out->n - note.sh_offset;
	note.sh_name = (uint32_t)p.names.n;
	names_at = out->n;
	buf_str(out, p.names);
	buf_put(out, OMNIBOR_NOTE, sizeof(OMNIBOR_NOTE));
	note_align(out, 8);
	table_at = out->n;
	note_put_table(
		out, &p, &note, names_at, p.names.n + sizeof(OMNIBOR_NOTE));
	if (out->full)
		return err_kind(e, ERR_LIMIT, "no memory for the program");
	p.head.e_shoff = table_at;
	p.head.e_shnum++;
	memcpy(out->p, &p.head, sizeof(p.head));
	return 0;
}

int omnibor_note_compare(struct str before, struct str after, struct err *e)
{
	struct elf a, b;

	if (elf_open(before, &a, e) < 0 || elf_open(after, &b, e) < 0)
		return -1;
	for (size_t i = 0; i < a.n_sections; i++) {
		struct elf_section x = elf_section(&a, i), y = {0};

		if ((x.flags & SHF_ALLOC) == 0)
			continue;
		if (i < b.n_sections)
			y = elf_section(&b, i);
		if (!str_eq(x.name, y.name) || x.address != y.address ||
			x.size != y.size || x.flags != y.flags ||
			!str_eq(x.data, y.data))
			return err_set(e, "section %.*s is not the same",
				STR_ARG(x.name));
	}
	return 0;
}
