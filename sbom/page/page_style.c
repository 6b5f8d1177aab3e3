/*
 * page_style - rules in the order of the page; each line is one.
 *
 * What is written here is hashed, so that the page's policy can allow it.
 */
#include "sbom/page/page_style.h"

#include "lib/arc/sha256.h"
#include "lib/base/base64.h"

enum { PAGE_STYLE_MAX = 64 << 10 };

static const char *const page_colours[] = {
	":root{color-scheme:light dark;--page:#f4f6f8;--card:#fff;",
	"--ink:#16202b;--soft:#53606d;--line:#dbe1e7;--link:#0a5796;",
	"--wash:#eef2f6;--good:#0f6435;--good-bg:#dff3e6;--bad:#9c1c18;",
	"--bad-bg:#fde6e4;--warn:#714700;--warn-bg:#fcefd2;--calm:#3f4b57;",
	"--calm-bg:#e6ebf0;--t0:#9fc8ee;--t1:#f2c48c;--t2:#a6dbaa;",
	"--t3:#ebb0be;--t4:#c8b8ee;--t5:#8fd8d1;--t6:#e5db88;--t7:#dabd9e;",
	"--t8:#b9d191;--t9:#ccd3da;--tx:#e4e8ec}\n",
	"@media(prefers-color-scheme:dark){:root{--page:#0e141a;",
	"--card:#151d25;--ink:#e8edf2;--soft:#a3afbb;--line:#2a3540;",
	"--link:#86c5ff;--wash:#1c2630;--good:#7fdca4;--good-bg:#12351f;",
	"--bad:#ff9d96;--bad-bg:#451a18;--warn:#f3c46b;--warn-bg:#3b2c0b;",
	"--calm:#c2ccd6;--calm-bg:#27323d;--t0:#1f4f7d;--t1:#754813;",
	"--t2:#1f6138;--t3:#7b3048;--t4:#4f4190;--t5:#145f5a;--t6:#625712;",
	"--t7:#65492f;--t8:#4a5e20;--t9:#414c58;--tx:#2b343e}}\n",
};

static const char *const page_frame[] = {
	"*{box-sizing:border-box}\n",
	"html{scroll-behavior:smooth;-webkit-text-size-adjust:100%}\n",
	"@media(prefers-reduced-motion:reduce){html{scroll-behavior:auto}}\n",
	"body{margin:0;background:var(--page);color:var(--ink);",
	"font:1rem/1.55 system-ui,-apple-system,\"Segoe UI\",Roboto,Inter,",
	"\"Helvetica Neue\",Arial,sans-serif;",
	"font-variant-numeric:tabular-nums;overflow-wrap:break-word}\n",
	"a{color:var(--link);text-underline-offset:.2em}\n",
	":focus-visible{outline:3px solid var(--link);outline-offset:2px;",
	"border-radius:4px}\n",
	"code,.mono{font:.8125em/1.5 ui-monospace,\"SF Mono\",SFMono-Regular,",
	"Menlo,Consolas,\"DejaVu Sans Mono\",monospace;unicode-bidi:isolate;",
	"overflow-wrap:anywhere}\n",
	".skip{position:absolute;left:-999em;top:.5rem;z-index:2;",
	"background:var(--card);padding:.5rem 1rem;border-radius:6px}\n",
	".skip:focus{left:1rem}\n",
	".frame{max-width:84rem;margin:0 auto;padding:0 1.25rem}\n",
	"@media(min-width:64rem){.frame{display:grid;",
	"grid-template-columns:12.5rem minmax(0,1fr);gap:0 3.5rem;",
	"padding:0 2.5rem}.top,.foot{grid-column:1/-1}}\n",
};

static const char *const page_top[] = {
	".top{padding:2rem 0 1.75rem;border-bottom:1px solid var(--line)}\n",
	".brand{display:flex;align-items:center;gap:.5rem;margin:0 0 1.75rem;",
	"font-weight:600;font-size:.9375rem}\n",
	".brand svg{width:1.375rem;height:1.375rem;fill:var(--link)}\n",
	".brand span{color:var(--soft);font-weight:400}\n",
	"h1{margin:0;font-size:clamp(1.875rem,1.3rem + 2.6vw,3rem);",
	"line-height:1.1;letter-spacing:-.025em;font-weight:700;",
	"text-wrap:balance}\n",
	"h1 span{color:var(--soft);font-weight:400;letter-spacing:-.01em}\n",
	".lead{margin:.75rem 0 0;font-size:1.125rem;color:var(--soft);",
	"max-width:44rem;text-wrap:pretty}\n",
	".facts{display:grid;gap:.125rem 1.25rem;margin:1.5rem 0 0;",
	"grid-template-columns:max-content minmax(0,1fr);font-size:.9375rem}\n",
	".facts dt{color:var(--soft)}.facts dd{margin:0}\n",
	"@media(max-width:30rem){.facts{grid-template-columns:1fr;gap:0}",
	".facts dd{margin-bottom:.5rem}}\n",
	"nav{padding:1.25rem 0;font-size:.9375rem}\n",
	"nav ol{list-style:none;margin:0;padding:0;display:flex;",
	"flex-wrap:wrap;gap:.375rem}\n",
	"nav a{display:flex;justify-content:space-between;gap:.75rem;",
	"padding:.3125rem .75rem;border-radius:6px;color:var(--ink);",
	"text-decoration:none;background:var(--wash)}\n",
	"nav a:hover{background:var(--line)}nav a span{color:var(--soft)}\n",
	"@media(min-width:64rem){nav{padding:2.25rem 0}",
	"nav ol{position:sticky;top:1.5rem;display:grid;gap:.0625rem;",
	"margin-left:-.75rem}nav a{background:none}}\n",
	"main{padding-bottom:2rem;min-width:0}\n",
	".foot{border-top:1px solid var(--line);padding:1.5rem 0 3rem;",
	"color:var(--soft);font-size:.875rem}\n",
};

static const char *const page_parts[] = {
	"section{padding-top:2.25rem}\n",
	"h2{margin:0 0 .375rem;font-size:1.5rem;line-height:1.25;",
	"letter-spacing:-.015em}\n",
	"h2+p{margin:0 0 1.25rem;color:var(--soft);max-width:46rem;",
	"text-wrap:pretty}\n",
	"h3{margin:2rem 0 .25rem;font-size:1.125rem;line-height:1.35}\n",
	"h3+p{margin:0 0 1rem;color:var(--soft);font-size:.9375rem}\n",
	"h3 code{font-size:1em}\n",
	".cards{display:grid;gap:.75rem;margin:0;",
	"grid-template-columns:repeat(2,minmax(0,1fr))}\n",
	"@media(min-width:48rem){.cards{",
	"grid-template-columns:repeat(3,minmax(0,1fr))}}\n",
	".cards div{background:var(--card);border:1px solid var(--line);",
	"border-radius:10px;padding:.875rem 1rem;display:flex;",
	"flex-direction:column}\n",
	".cards dt{font-size:.8125rem;color:var(--soft)}\n",
	".cards "
	"dd{margin:0;font-size:1.625rem;line-height:1.3;font-weight:600;",
	"letter-spacing:-.015em}\n",
	".cards dd+dd{font-size:.8125rem;font-weight:400;color:var(--soft);",
	"letter-spacing:0;line-height:1.45}\n",
	".badge{display:inline-block;white-space:nowrap;font-size:.8125rem;",
	"line-height:1.4;font-weight:600;padding:.0625rem .5625rem;",
	"border-radius:99px;background:var(--calm-bg);color:var(--calm)}\n",
	".good{background:var(--good-bg);color:var(--good)}\n",
	".bad{background:var(--bad-bg);color:var(--bad)}\n",
	".warn{background:var(--warn-bg);color:var(--warn)}\n",
	".soft{color:var(--soft)}\n",
	".more{background:var(--card);border:1px solid var(--line);",
	"border-radius:10px;margin:.75rem 0 0}\n",
	".more>:not(summary){margin:0 1rem 1rem}\n",
	".more>.scroll{margin:0;border-width:1px 0 0;border-radius:0 0 9px "
	"9px}\n",
	"summary{cursor:pointer;padding:.625rem 1rem;border-radius:9px}\n",
	"summary:hover{background:var(--wash)}\n",
};

static const char *const page_tables[] = {
	".scroll{overflow-x:auto;background:var(--card);border:1px solid ",
	"var(--line);border-radius:10px}\n",
	"table{border-collapse:collapse;width:100%;font-size:.875rem;",
	"line-height:1.45}\n",
	"caption{text-align:left;padding:.625rem 1rem;color:var(--soft);",
	"font-size:.8125rem;border-bottom:1px solid var(--line)}\n",
	"caption span{position:sticky;left:1rem}\n",
	"th,td{padding:.4375rem .75rem;text-align:left;vertical-align:top}\n",
	"th:first-child,td:first-child{padding-left:1rem}\n",
	"th:last-child,td:last-child{padding-right:1rem}\n",
	"thead th{color:var(--soft);font-weight:500;font-size:.8125rem;",
	"white-space:nowrap}\n",
	"tbody tr{border-top:1px solid var(--line)}\n",
	"tbody th{font-weight:600;white-space:nowrap}\n",
	"td.n,th.n{text-align:right;white-space:nowrap}\n",
	"td.w,th.w{white-space:nowrap}td.l{min-width:17rem}\n",
	"td code,td.mono{overflow-wrap:normal;white-space:nowrap}\n",
	"td.l code{white-space:normal;overflow-wrap:anywhere}\n",
};

static const char *const page_maps[] = {
	".map{display:block;width:100%;height:auto;margin:0 0 1rem;",
	"border-radius:8px}\n",
	".tall{display:none}\n",
	"@media(max-width:40rem){.wide{display:none}.tall{display:block}}\n",
	".map rect{stroke:var(--page);stroke-width:1}\n",
	".map .r{fill:color-mix(in srgb,var(--c) 64%,var(--card))}\n",
	".map text{fill:var(--ink);font:10.5px ui-monospace,\"SF Mono\",",
	"SFMono-Regular,Menlo,Consolas,\"DejaVu Sans Mono\",monospace}\n",
	".map .h{font:600 12px system-ui,-apple-system,\"Segoe UI\",Roboto,",
	"Inter,\"Helvetica Neue\",Arial,sans-serif}\n",
	".t0{--c:var(--t0);fill:var(--c)}.t1{--c:var(--t1);fill:var(--c)}",
	".t2{--c:var(--t2);fill:var(--c)}.t3{--c:var(--t3);fill:var(--c)}",
	".t4{--c:var(--t4);fill:var(--c)}.t5{--c:var(--t5);fill:var(--c)}",
	".t6{--c:var(--t6);fill:var(--c)}.t7{--c:var(--t7);fill:var(--c)}",
	".t8{--c:var(--t8);fill:var(--c)}.t9{--c:var(--t9);fill:var(--c)}",
	".tx{--c:var(--tx);fill:var(--c)}\n",
	".part{background:var(--card);border:1px solid var(--line);",
	"border-width:0 1px 1px}\n",
	".part:first-child{border-top-width:1px;border-radius:10px 10px 0 0}\n",
	".part:last-child{border-radius:0 0 10px 10px}\n",
	".part:only-child{border-radius:10px}\n",
	".part>.scroll{border-width:1px 0 0;border-radius:0;",
	"background:var(--page)}\n",
	".part summary{display:grid;align-items:center;gap:0 .75rem;",
	"grid-template-columns:.875rem minmax(0,1fr) minmax(0,14rem) 5.5rem ",
	"3.5rem .625rem}\n",
	".part summary svg{display:block;width:100%;height:.875rem;",
	"border-radius:3px}.part .bar{height:.5rem;background:var(--wash)}\n",
	".part summary b{font-weight:600}\n",
	".part .n{text-align:right;white-space:nowrap;font-size:.875rem}\n",
	"@media(max-width:40rem){.part summary{padding:.625rem .75rem;",
	"grid-template-columns:.875rem minmax(0,1fr) 4.75rem 3rem .625rem}",
	".part .bar{display:none}}\n",
};

static const char *const page_lists[] = {
	".rows{list-style:none;margin:0;padding:0;background:var(--card);",
	"border:1px solid var(--line);border-radius:10px}\n",
	".rows>li+li{border-top:1px solid var(--line)}\n",
	".rows summary{display:grid;gap:.125rem 1rem;align-items:baseline;",
	"grid-template-columns:10rem 9.5rem minmax(0,1fr) .625rem}\n",
	"@media(max-width:40rem){.rows summary{",
	"grid-template-columns:minmax(0,1fr) max-content .625rem}",
	".rows summary .soft{grid-column:1/-1}}\n",
	".part summary:after,.rows summary:after{content:\"\";width:.5rem;",
	"height:.5rem;border:solid var(--soft);border-width:0 2px 2px 0;",
	"transform:rotate(45deg);grid-column:-2/-1;grid-row:1;",
	"align-self:center;margin-top:-.25rem}\n",
	".part[open]>summary:after,.rows [open]>summary:after{",
	"transform:rotate(225deg);margin-top:.25rem}\n",
	".rows ul{margin:0;padding:0 1rem 1rem 2.25rem;font-size:.875rem}\n",
	".rows li li{padding:.125rem 0;overflow-wrap:anywhere}\n",
	".checks{list-style:none;margin:0 0 1rem;padding:0;display:grid;",
	"gap:.5rem;grid-template-columns:repeat(auto-fill,",
	"minmax(min(17rem,100%),1fr))}\n",
	".checks li{background:var(--card);border:1px solid var(--line);",
	"border-radius:10px;padding:.625rem .875rem;font-size:.9375rem}\n",
	".checks .badge{float:right;margin-left:.5rem}\n",
	".checks small{display:block;color:var(--soft);font-size:.8125rem;",
	"overflow-wrap:anywhere}\n",
	".steps{margin:0;padding:0;list-style:none;counter-reset:s}\n",
	".steps>li{counter-increment:s;padding:0 0 1.25rem 2.5rem;",
	"position:relative}\n",
	".steps>li:before{content:counter(s);position:absolute;left:0;top:0;",
	"width:1.625rem;height:1.625rem;border-radius:50%;text-align:center;",
	"font-size:.8125rem;line-height:1.625rem;font-weight:600;",
	"background:var(--calm-bg);color:var(--calm)}\n",
	".steps p{margin:0 0 .375rem}\n",
	"pre{margin:0 0 .375rem;padding:.625rem .875rem;overflow-x:auto;",
	"background:var(--wash);border-radius:8px;",
	"border:1px solid var(--line)}\n",
	"pre code{overflow-wrap:normal}\n",
	".plus{color:var(--good)}.minus{color:var(--bad)}\n",
};

static const char *const page_print[] = {
	"@media print{:root{color-scheme:light}body{background:none;",
	"font-size:10pt}.frame{display:block;max-width:none;padding:0}",
	"nav,.skip{display:none}section{break-before:auto}",
	"h2,h3,summary,caption{break-after:avoid}tr,.cards div,.checks li{",
	"break-inside:avoid}.scroll{overflow:visible}",
	"td code,td.mono,tbody th,pre code{white-space:normal;",
	"overflow-wrap:anywhere}details::details-content{",
	"content-visibility:visible;display:block}",
	".map rect,.part rect,.badge{print-color-adjust:exact}}\n",
};

#define PAGE_LINES(list)                                                       \
	{                                                                      \
		list, sizeof(list) / sizeof(*(list))                           \
	}

void page_style(struct buf *b)
{
	static const struct {
		const char *const *lines;
		size_t n;
	} groups[] = {
		PAGE_LINES(page_colours),
		PAGE_LINES(page_frame),
		PAGE_LINES(page_top),
		PAGE_LINES(page_parts),
		PAGE_LINES(page_tables),
		PAGE_LINES(page_maps),
		PAGE_LINES(page_lists),
		PAGE_LINES(page_print),
	};

	for (size_t i = 0; i < sizeof(groups) / sizeof(*groups); i++)
		for (size_t k = 0; k < groups[i].n; k++)
			buf_text(b, groups[i].lines[k]);
}

void page_style_hash(struct buf *b)
{
	unsigned char digest[SHA256_BYTES];
	AUTO_BUF struct buf text = buf_growing(PAGE_STYLE_MAX);

	page_style(&text);
	sha256_of(buf_view(&text), digest);
	b->full |= text.full;
	buf_text(b, "'sha256-");
	base64_encode((struct str){(const char *)digest, SHA256_BYTES}, b);
	buf_byte(b, '\'');
}
