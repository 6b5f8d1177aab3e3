# lock.awk - check sources.lock and print what a script needs of it.
#
#   awk -f lock.awk LOCK                    all files
#   awk -v packages="a b" -f lock.awk LOCK  those of these packages only
#
# Prints `FILE SIZE SHA256 PATH PACKAGE ROLE`, one file a line.  A line that
# breaks a rule of docs/formats/sources-lock.md is named and ends with 2.

function refuse(why)
{
	printf "%s:%d: %s\n", FILENAME, FNR, why > "/dev/stderr"
	failed = 1
	exit 2
}

BEGIN {
	n = split(packages, list, " ")
	for (i = 1; i <= n; i++)
		wanted[list[i]] = 1
	sha = "^"
	for (i = 0; i < 64; i++)
		sha = sha "[0-9a-f]"
	sha = sha "$"
	roles = " source patches sysroot rootfs "
}

/^[ \t]*(#|$)/ { next }

{
	if (NF < 8)
		refuse("8 fields expected, found " NF)
	if ($1 !~ /^[a-z0-9][a-z0-9+.-]*$/)
		refuse("package: not a name: " $1)
	if ($4 !~ /^pool\/[A-Za-z0-9+.~_\/-]+$/ || $4 ~ /\.\./)
		refuse("path: not below pool/: " $4)
	if ($5 !~ /^[1-9][0-9]*$/)
		refuse("size: not a number of bytes: " $5)
	if ($6 !~ sha)
		refuse("sha256: not 64 lower-case hex digits: " $6)
	if (!index(roles, " " $7 " "))
		refuse("role: none of" roles "but " $7)
	file = $4
	sub(/.*\//, "", file)
	if (file in seen)
		refuse("file: named twice: " file)
	seen[file] = 1
	licence = $8
	for (i = 9; i <= NF; i++)
		licence = licence " " $i
	about = $2 " " $3 " " licence
	if ($1 in of && of[$1] != about)
		refuse("version, suite or licence differ from those of " \
			"another line of " $1)
	of[$1] = about
	kind = $7 == "patches" ? "patches" : "main"
	if (($1, kind) in has)
		refuse($1 " has a second line of role " $7)
	has[$1, kind] = 1
	if (n && !($1 in wanted))
		next
	found[$1] = 1
	print file, $5, $6, $4, $1, $7
}

END {
	if (failed)
		exit 2
	for (p in of)
		if (!((p, "main") in has)) {
			printf "%s: %s has patches but no source\n", \
				FILENAME, p > "/dev/stderr"
			exit 2
		}
	for (p in wanted)
		if (!(p in found)) {
			printf "%s: no package %s\n", FILENAME, p \
				> "/dev/stderr"
			exit 2
		}
}
