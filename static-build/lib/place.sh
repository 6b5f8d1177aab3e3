#!/bin/sh
# place.sh ROOT BUILD NAME STAMP PACKAGES NEEDS - take what a recipe has staged to its
# place.
#
# $STAGE/include and $STAGE/lib go to the sysroot, $STAGE/bin to build/bin; the
# evidence says so.  Called by `build` when the recipe has ended, not confined.
# So nothing of the recipe's text runs here, and its folders are not believed:
# they hold plain files with plain names, nothing is written through a name in
# them, and no file takes the place of another recipe's.
set -eu
umask 022

ROOT=$1 BUILD=$2 NAME=$3 STAMP=$4 PACKAGES=$5 NEEDS=$6
[ "${7:-}" = clean ] || exec env -i LC_ALL=C TZ=UTC PATH=/usr/bin:/bin \
	/bin/sh "$0" "$@" clean
WORKS=$BUILD/work
WORK=$ROOT/$WORKS/$NAME
STAGE=$WORK/stage
EVIDENCE=$ROOT/$BUILD/evidence/$NAME
PLACED=$ROOT/$BUILD/stamp/placed
OURS=$ROOT/$BUILD/stamp/.placing

refuse() {
	echo "place: $NAME: $*" >&2
	exit 1
}

# STAGED-FILE and place, from the project's directory, of each file.
list_staged() {
	cd "$STAGE"
	for part in include lib bin; do
		[ -d "$part" ] || continue
		to=$BUILD/sysroot
		[ "$part" != bin ] || to=$BUILD
		find "$part" -type f ! -name '*.la' |
			sed "s|.*|$WORKS/$NAME/stage/& $to/&|"
	done | LC_ALL=C sort -k 2
}

check_folders() {
	[ ! -L "$STAGE" ] || refuse 'its stage is a link'
	odd=$(find "$STAGE" "$EVIDENCE" ! -type d ! -type f | head -n 1)
	[ -z "$odd" ] || refuse "$odd is neither a file nor a directory"
	odd=$(find "$STAGE" -name '*[!A-Za-z0-9_.+@-]*' | head -n 1)
	[ -z "$odd" ] ||
		refuse "$odd: a name may hold only letters, digits and _ . + @ -"
}

# No file of this recipe is one that another recipe has placed.
check_others() {
	for list in "$PLACED"/*; do
		[ -f "$list" ] && [ "$list" != "$PLACED/$NAME" ] || continue
		twice=$(LC_ALL=C comm -12 "$list" "$OURS/placed" | head -n 1)
		[ -z "$twice" ] ||
			refuse "$twice is there already, from ${list##*/}"
	done
}

# Copy a staged file to its place, unless that has the same bytes.
place() { # STAGED-FILE PLACE
	! cmp -s "$1" "$2" || return 0
	mkdir -p "${2%/*}"
	cp "$1" "$2.partial"
	mv "$2.partial" "$2"
}

# Remove what an earlier run of this recipe placed and this one did not.
drop_stale() {
	[ -f "$PLACED/$NAME" ] || : > "$PLACED/$NAME"
	LC_ALL=C comm -23 "$PLACED/$NAME" "$OURS/placed" | xargs -r rm -f
	cp "$OURS/placed" "$PLACED/$NAME"
}

# Add the path of the same bytes in the recipe's tree, found by hash.  The
# lists of recipe.sh ($WORK/.*) are left out.
list_placed() {
	find "$WORK" \( -path "$STAGE" -o -path "$WORK/.*" \) -prune \
		-o -type f -print0 |
		LC_ALL=C sort -z | xargs -0 -r sha256sum > "$OURS/hashes"
	xargs -d '\n' -r sha256sum < "$OURS/placed" |
		awk -v root="$ROOT/" '
	FILENAME != "-" {
		if (!($1 in from) && $0 !~ /["\\]/)
			from[$1] = substr($0, 67 + length(root))
		next
	}
	{ printf "%s\t\"from\":\"%s\"\n", substr($0, 67), from[$1] }
	' "$OURS/hashes" -
}

quoted() { # WORD...: a JSON list
	list=
	for word; do
		list=$list${list:+,}\"$word\"
	done
	echo "[$list]"
}

rm -rf "$OURS"
mkdir -p "$OURS" "$PLACED"
check_folders
list_staged > "$OURS/staged"
sed 's/.* //' "$OURS/staged" > "$OURS/placed"
check_others
cd "$ROOT"
while read -r staged to; do
	place "$staged" "$to"
done < "$OURS/staged"
drop_stale
list_placed | build/toolchain/bin/record files > "$OURS/installed.jsonl"
# shellcheck disable=SC2086 # lists of words
printf '{"name":"%s","packages":%s,"needs":%s,"stamp":"%s"}\n' "$NAME" \
	"$(quoted $PACKAGES)" "$(quoted $NEEDS)" "$STAMP" > "$OURS/recipe.json"
mv -T "$OURS/installed.jsonl" "$EVIDENCE/installed.jsonl"
mv -T "$OURS/recipe.json" "$EVIDENCE/recipe.json"
rm -rf "$OURS"
