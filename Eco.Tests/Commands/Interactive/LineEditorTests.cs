using System.Globalization;
using Eco.Host.Commands.Interactive;
using NUnit.Framework;

namespace Eco.Tests.Commands.Interactive;

public sealed class LineEditorTests
{
    private StringWriter _screen = null!;
    private LineHistory _history = null!;
    private string[] _candidates = [];
    private LineEditor _editor = null!;

    [SetUp]
    public void Begin()
    {
        _screen = new StringWriter(CultureInfo.InvariantCulture) { NewLine = "\n" };
        _history = new LineHistory(file: null);
        _candidates = [];
        _editor = new LineEditor(_screen, width: 40, "eco> ", _history, _ => _candidates);
        _editor.Begin();
    }

    [TearDown]
    public void End() => _screen.Dispose();

    [Test]
    public void Handle_WhenTyped_HoldsTheText()
    {
        Type("ion list");

        Assert.That(_editor.Text, Is.EqualTo("ion list"));
    }

    [Test]
    public void Handle_WhenCursorMoves_EditsThere()
    {
        Type("in list");
        Press(ConsoleKey.Home);
        Press(ConsoleKey.RightArrow);
        Type("o");
        Press(ConsoleKey.End);
        Press(ConsoleKey.Backspace);
        Press(ConsoleKey.LeftArrow, ConsoleModifiers.Control);
        Press(ConsoleKey.Delete);

        Assert.That(_editor.Text, Is.EqualTo("ion is"));
    }

    [TestCase(ConsoleKey.K, "ion ")]
    [TestCase(ConsoleKey.U, "show demo")]
    [TestCase(ConsoleKey.W, "show demo")]
    public void Handle_WhenControlKeyKills_RemovesThatPart(ConsoleKey key, string left)
    {
        Type("ion show demo");
        Press(ConsoleKey.LeftArrow, ConsoleModifiers.Control);
        Press(ConsoleKey.LeftArrow, ConsoleModifiers.Control);

        Press(key, ConsoleModifiers.Control);

        Assert.That(_editor.Text, Is.EqualTo(left));
    }

    [Test]
    public void Handle_WhenKeysMeanEnd_SaysWhich()
    {
        Assert.That(Press(ConsoleKey.D, ConsoleModifiers.Control), Is.EqualTo(EditOutcome.Ended));
        Type("x");
        Assert.That(Press(ConsoleKey.D, ConsoleModifiers.Control), Is.EqualTo(EditOutcome.Typing), "there is a line");
        Assert.That(Press(ConsoleKey.C, ConsoleModifiers.Control), Is.EqualTo(EditOutcome.GivenUp));
        Assert.That(Press(ConsoleKey.Enter), Is.EqualTo(EditOutcome.Entered));
    }

    [Test]
    public void Handle_WhenArrowsGoThroughHistory_ComesBackToTheDraft()
    {
        _history.Add("first");
        _history.Add("second");
        Type("dra");

        var seen = new List<string>();
        foreach (ConsoleKey key in (ConsoleKey[])[ConsoleKey.UpArrow, ConsoleKey.UpArrow, ConsoleKey.UpArrow, ConsoleKey.DownArrow, ConsoleKey.DownArrow])
        {
            Press(key);
            seen.Add(_editor.Text);
        }

        Assert.That(seen, Is.EqualTo(new[] { "second", "first", "first", "second", "dra" }));
    }

    [Test]
    public void Handle_WhenTabFindsOne_CompletesItWithABlank()
    {
        _candidates = ["list"];
        Type("ion li");

        Press(ConsoleKey.Tab);

        Assert.That(_editor.Text, Is.EqualTo("ion list "));
    }

    [Test]
    public void Handle_WhenTabFindsMany_CompletesWhatTheyShareThenShowsThem()
    {
        _candidates = ["edge-1", "edge-2"];
        Type("timeline --agent e");

        Press(ConsoleKey.Tab);
        Assert.That(_editor.Text, Is.EqualTo("timeline --agent edge-"));

        Press(ConsoleKey.Tab);
        Assert.That(_screen.ToString(), Does.Contain("edge-1  edge-2\n"));
    }

    [Test]
    public void PrintAbove_WhenALineIsTyped_DrawsItAgainBelow()
    {
        Type("ion");
        _screen.GetStringBuilder().Clear();

        _editor.PrintAbove("round-closed");

        Assert.That(_screen.ToString(), Is.EqualTo("\r\u001b[Kround-closed\n\reco> ion\u001b[K\r\u001b[8C"));
    }

    [Test]
    public void Handle_WhenLineIsLongerThanTheScreen_ScrollsSideways()
    {
        Type(new string('a', 50) + "z");

        string drawn = _screen.ToString();
        string last = drawn[drawn.LastIndexOf("\reco> ", StringComparison.Ordinal)..];
        Assert.That(last, Does.Contain("az\u001b[K"));
        Assert.That(last.IndexOf('\u001b'), Is.LessThan(40));
    }

    [Test]
    public void History_WhenKept_IsThereNextTime()
    {
        string file = Path.Combine(Directory.CreateTempSubdirectory("eco-history-").FullName, "history");
        var first = new LineHistory(file);
        foreach (string line in (string[])["a", "a", " secret", "", "b"])
        {
            first.Add(line);
        }

        Assert.That(new LineHistory(file).Lines, Is.EqualTo(new[] { "a", "b" }));
        Directory.Delete(Path.GetDirectoryName(file)!, recursive: true);
    }

    private void Type(string text)
    {
        foreach (char c in text)
        {
            _editor.Handle(new ConsoleKeyInfo(c, ConsoleKey.None, shift: false, alt: false, control: false));
        }
    }

    private EditOutcome Press(ConsoleKey key, ConsoleModifiers modifiers = ConsoleModifiers.None) =>
        _editor.Handle(new ConsoleKeyInfo('\0', key, shift: false, alt: false, control: modifiers == ConsoleModifiers.Control));
}
