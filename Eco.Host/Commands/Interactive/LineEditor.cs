using System.Globalization;

namespace Eco.Host.Commands.Interactive;

/// <summary>What a key did.</summary>
internal enum EditOutcome
{
    /// <summary>The line is still being typed.</summary>
    Typing,

    /// <summary>The line is entered.</summary>
    Entered,

    /// <summary>The line is given up.</summary>
    GivenUp,

    /// <summary>The input ends.</summary>
    Ended,
}

/// <summary>
/// A line editor on a terminal: arrows, Home and End, Ctrl-A/E/K/U/W, history, completion with Tab, and lines that can be printed above the
/// line being typed. Draws with ANSI sequences on one row, which scrolls sideways where the line is longer.
/// </summary>
internal sealed class LineEditor(TextWriter screen, int width, string prompt, LineHistory history, Func<string, IReadOnlyList<string>> complete)
{
    private const int ShownCandidates = 60;

    private readonly LineBuffer _line = new();

    /// <summary>The line as it stands.</summary>
    public string Text => _line.Text;

    /// <summary>Begins a line.</summary>
    public void Begin()
    {
        _line.Set("");
        Draw();
    }

    /// <summary>Prints a line above the one being typed.</summary>
    public void PrintAbove(string text)
    {
        screen.Write("\r\u001b[K");
        screen.WriteLine(text);
        Draw();
    }

    /// <summary>Takes a key.</summary>
    public EditOutcome Handle(ConsoleKeyInfo key)
    {
        bool control = key.Modifiers.HasFlag(ConsoleModifiers.Control);
        bool alt = key.Modifiers.HasFlag(ConsoleModifiers.Alt);
        switch (key.Key)
        {
            case ConsoleKey.Enter:
                return End(EditOutcome.Entered);
            case ConsoleKey.C when control:
                return End(EditOutcome.GivenUp);
            case ConsoleKey.D when control && _line.Text.Length == 0:
                return End(EditOutcome.Ended);
            case ConsoleKey.Tab:
                Complete();
                break;
            case ConsoleKey.UpArrow or ConsoleKey.P when key.Key == ConsoleKey.UpArrow || control:
                Replace(history.Older(_line.Text));
                break;
            case ConsoleKey.DownArrow or ConsoleKey.N when key.Key == ConsoleKey.DownArrow || control:
                Replace(history.Newer());
                break;
            default:
                Edit(key, control, alt);
                break;
        }

        Draw();
        return EditOutcome.Typing;
    }

    private void Edit(ConsoleKeyInfo key, bool control, bool alt)
    {
        switch (key.Key)
        {
            case ConsoleKey.LeftArrow when control || alt:
                _line.MoveWord(-1);
                break;
            case ConsoleKey.RightArrow when control || alt:
                _line.MoveWord(1);
                break;
            case ConsoleKey.LeftArrow or ConsoleKey.B when key.Key == ConsoleKey.LeftArrow || control:
                _line.MoveBy(-1);
                break;
            case ConsoleKey.RightArrow or ConsoleKey.F when key.Key == ConsoleKey.RightArrow || control:
                _line.MoveBy(1);
                break;
            case ConsoleKey.Home or ConsoleKey.A when key.Key == ConsoleKey.Home || control:
                _line.MoveTo(0);
                break;
            case ConsoleKey.End or ConsoleKey.E when key.Key == ConsoleKey.End || control:
                _line.MoveTo(_line.Text.Length);
                break;
            case ConsoleKey.Backspace or ConsoleKey.H when key.Key == ConsoleKey.Backspace || control:
                _line.DeleteTo(_line.Cursor - 1);
                break;
            case ConsoleKey.Delete or ConsoleKey.D when key.Key == ConsoleKey.Delete || control:
                _line.DeleteTo(_line.Cursor + 1);
                break;
            case ConsoleKey.K when control:
                _line.DeleteTo(_line.Text.Length);
                break;
            case ConsoleKey.U when control:
                _line.DeleteTo(0);
                break;
            case ConsoleKey.W when control:
                _line.DeleteWord();
                break;
            case ConsoleKey.L when control:
                screen.Write("\u001b[H\u001b[2J");
                break;
            default:
                if (!control && !alt && !char.IsControl(key.KeyChar))
                {
                    _line.Insert(key.KeyChar.ToString());
                }

                break;
        }
    }

    private EditOutcome End(EditOutcome outcome)
    {
        _line.MoveTo(_line.Text.Length);
        Draw();
        screen.WriteLine(outcome == EditOutcome.GivenUp ? "^C" : "");
        screen.Flush();
        return outcome;
    }

    private void Replace(string? text)
    {
        if (text is not null)
        {
            _line.Set(text);
        }
    }

    private void Complete()
    {
        string before = _line.Text[.._line.Cursor];
        int start = before.LastIndexOf(' ') + 1;
        IReadOnlyList<string> candidates = complete(before);
        if (candidates.Count == 0)
        {
            return;
        }

        string common = candidates.Aggregate(CommonBeginning);
        if (candidates.Count == 1)
        {
            common += " ";
        }

        if (common.Length > before.Length - start)
        {
            _line.DeleteTo(start);
            _line.Insert(common);
        }
        else if (candidates.Count > 1)
        {
            string more = candidates.Count > ShownCandidates ? $"  ... {candidates.Count - ShownCandidates} more" : "";
            PrintAbove(string.Join("  ", candidates.Take(ShownCandidates)) + more);
        }
    }

    private static string CommonBeginning(string left, string right)
    {
        int length = 0;
        while (length < left.Length && length < right.Length && left[length] == right[length])
        {
            length++;
        }

        return left[..length];
    }

    private void Draw()
    {
        int room = Math.Max(10, width - prompt.Length - 1);
        int first = Math.Max(0, _line.Cursor - room + 1);
        string shown = _line.Text[first..Math.Min(_line.Text.Length, first + room)];
        int column = prompt.Length + _line.Cursor - first;
        screen.Write(string.Create(CultureInfo.InvariantCulture, $"\r{prompt}{shown}\u001b[K\r\u001b[{column}C"));
        screen.Flush();
    }
}
