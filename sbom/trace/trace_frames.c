/*
 * trace_frames - walk over .eh_frame (Linux Standard Base 5.0, "Exception
 * Frames"; DWARF 5 section 6.4).
 *
 * An entry is a CIE, common to many, or an FDE, which names its CIE and the
 * first address of a function, relative to itself (DW_EH_PE_pcrel |
 * DW_EH_PE_sdata4, all that gcc and clang write for the processors at hand).
 * The linker keeps equal CIEs once: they belong to all objects whose FDEs name
 * them.  Frames of the linker's own code (.plt) are the linker's.
 */
#include "sbom/trace/trace_frames.h"

#include "lib/arc/elf_bytes.h"
#include "sbom/trace/row_at.h"

enum { FRAME_HEAD_BYTES = 8, FRAME_FUNCTION_AT = 8 };

struct frame {
	uint64_t at, size; /* within the section */
	uint64_t cie;      /* where its CIE is; of a CIE its own place */
	const struct trace_row *function; /* of an FDE */
	bool is_end;                      /* the zero that ends the table */
};

struct frames {
	struct tracer *tr;
	const struct trace_section *section;
	const struct trace_object *last;
	struct str bytes;
	struct frame *list;
	size_t n, room;
};

static int frames_add(struct frames *f, struct frame frame, struct err *e)
{
	struct frame *list = arena_grow(
		f->tr->t->basis.arena, f->list, f->n, &f->room, sizeof(*list));

	if (list == NULL)
		return tracer_no_memory(e);
	f->list = list;
	list[f->n++] = frame;
	return 0;
}

static int frames_bad(
	const struct frames *f, uint64_t at, const char *why, struct err *e)
{
	return err_kind(e, ERR_INPUT, "%.*s at 0x%llx: %s",
		STR_ARG(f->section->name),
		(unsigned long long)(f->section->address + at), why);
}

/* Read an FDE's function; `back` is the distance to its CIE. */
static int frames_read_fde(const struct frames *f, uint32_t back,
	struct frame *frame, struct err *e)
{
	uint64_t at = frame->at + FRAME_FUNCTION_AT, function;

	if (back > frame->at + 4)
		return frames_bad(f, frame->at, "its CIE is outside", e);
	if (frame->size < FRAME_FUNCTION_AT + 4)
		return frames_bad(f, frame->at, "too short", e);
	frame->cie = frame->at + 4 - back;
	function = f->section->address + at +
		   (uint64_t)(int64_t)(int32_t)elf_u32(f->bytes, at);
	frame->function = row_at(f->tr->t, function);
	if (frame->function == NULL || frame->function->kind == TRACE_PADDING)
		return frames_bad(f, frame->at,
			"of a function that no object "
			"has",
			e);
	return 0;
}

/* Read the entry at `at`. */
static int frames_read(struct frames *f, uint64_t at, struct err *e)
{
	struct frame frame = {.at = at, .size = 4, .cie = at};
	uint32_t length, id;

	if (!elf_holds(f->bytes, at, 4))
		return frames_bad(f, at, "half an entry", e);
	length = elf_u32(f->bytes, at);
	frame.is_end = length == 0;
	if (frame.is_end)
		return frames_add(f, frame, e);
	frame.size = (uint64_t)length + 4;
	if (length < 4 || !elf_holds(f->bytes, at, frame.size))
		return frames_bad(f, at, "half an entry", e);
	id = elf_u32(f->bytes, at + 4);
	if (id != 0 && frames_read_fde(f, id, &frame, e) < 0)
		return -1;
	return frames_add(f, frame, e);
}

static void frames_add_owners(const struct frames *f, const struct frame *from)
{
	const struct trace_row *row = from->function;

	for (size_t i = 0; i < row->n_owners; i++)
		owners_add(f->tr, row->owners[i]);
	if (row->kind == TRACE_AMBIGUOUS)
		owners_are_rivals(f->tr);
}

/* The owners of an entry: of its function, or of all that name the CIE. */
static void frames_find_owners(
	const struct frames *f, const struct frame *frame)
{
	if (frame->is_end) {
		owners_add(f->tr, f->last);
		return;
	}
	if (frame->function != NULL) {
		frames_add_owners(f, frame);
		return;
	}
	for (size_t i = 0; i < f->n; i++)
		if (f->list[i].function != NULL && f->list[i].cie == frame->at)
			frames_add_owners(f, &f->list[i]);
}

static int frames_write_rows(const struct frames *f, struct err *e)
{
	for (size_t i = 0; i < f->n; i++) {
		const struct frame *frame = &f->list[i];
		struct trace_row row = {
			.address = f->section->address + frame->at,
			.size = frame->size,
			.kind = TRACE_MADE,
			.name = f->section->name,
		};

		if (owners_start(f->tr, e) < 0)
			return -1;
		frames_find_owners(f, frame);
		if (row_write(f->tr, row, e) < 0)
			return -1;
	}
	return 0;
}

int frames_write(struct tracer *tr, const struct trace_section *section,
	const struct trace_image *image, const struct trace_object *last,
	struct err *e)
{
	struct frames f = {.tr = tr, .section = section, .last = last};

	if (image_bytes(image, section->address, section->size, &f.bytes, e) <
		0)
		return -1;
	for (uint64_t at = 0; at < f.bytes.n;) {
		if (frames_read(&f, at, e) < 0)
			return -1;
		at += f.list[f.n - 1].size;
	}
	return frames_write_rows(&f, e);
}
