using System.Globalization;
using System.Net;
using System.Text;
using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Tests.Bytes;

public sealed class ShownTests
{
    [Theory]
    [InlineData("plain text, \"quotes\" and é漢😀", "plain text, \"quotes\" and é漢😀")]
    [InlineData("\e[2J", "\\033[2J")]
    [InlineData("a\a\b\t\r\nb\0", "a\\007\\010\\011\\015\\012b\\000")]
    [InlineData("\u009b2J", "\\302\\2332J")] // CSI in one character
    [InlineData("\u202egnp.exe\u2066\u200f", "\\342\\200\\256gnp.exe\\342\\201\\246\\342\\200\\217")]
    [InlineData("a\u2028b\u2029c\u00add\ufeff", "a\\342\\200\\250b\\342\\200\\251c\\302\\255d\\357\\273\\277")]
    [InlineData("\\033[2J", "\\033[2J")] // shown already
    [InlineData("", "")]
    public void A_line_for_a_terminal_holds_nothing_that_one_acts_on(string text, string shown) => Assert.Equal(shown, Shown.Terminal(text));

    /// <summary>Not as theory data: a runner may not carry it.</summary>
    [Fact]
    public void Half_a_pair_is_shown_as_no_character() => Assert.Equal("a\ufffdb\\033", Shown.Terminal("a\ud800b\e"));

    /// <summary>Unicode's own word is asked of every character that there is.</summary>
    [Fact]
    public void Every_character_is_shown_as_itself_or_by_its_bytes_and_never_twice()
    {
        for (int value = 0; value <= 0x10ffff; value++)
        {
            if (!Rune.IsValid(value))
                continue;
            string text = new Rune(value).ToString();
            string shown = Shown.Terminal(text);
            bool isPlain = CharUnicodeInfo.GetUnicodeCategory(value) is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);
            if (shown != (isPlain ? text : string.Concat(Encoding.UTF8.GetBytes(text).Select(one => "\\" + Convert.ToString(one, 8).PadLeft(3, '0')))) || shown != Shown.Terminal(shown))
                Assert.Fail(string.Create(CultureInfo.InvariantCulture, $"U+{value:X4} is shown as {shown}"));
        }
    }

    [Theory]
    [InlineData("a|b`c`*d*_e_[f](g)<h>#~&!\\", "a\\|b\\`c\\`\\*d\\*\\_e\\_\\[f\\](g)\\<h\\>\\#\\~\\&\\!\\\\")]
    [InlineData("- no list - here", "\\- no list - here")]
    [InlineData("\n# no heading\e[2J", "\\\\012\\# no heading\\\\033\\[2J")]
    public void Markdown_acts_on_nothing_of_it(string text, string shown) => Assert.Equal(shown, Shown.Markdown(text));

    [Fact]
    public void Html_acts_on_nothing_of_it()
    {
        const string Text = "<script>alert(\"x\" + 'y')</script>&amp;\e[2J\n";
        string shown = Shown.Html(Text);
        Assert.DoesNotContain(shown, symbol => symbol is '<' or '>' or '"' or '\'' or < ' ');
        Assert.Equal(Shown.Terminal(Text), WebUtility.HtmlDecode(shown));
    }
}
