namespace Eco.Host.Commands.Interactive;

/// <summary>A line of text with a cursor, as it is being typed.</summary>
internal sealed class LineBuffer
{
    /// <summary>A longer line is certainly not typed.</summary>
    public const int MaxLength = 4096;

    public string Text { get; private set; } = "";

    public int Cursor { get; private set; }

    public void Set(string text)
    {
        Text = text.Length <= MaxLength ? text : text[..MaxLength];
        Cursor = Text.Length;
    }

    public void Insert(string text)
    {
        if (Text.Length + text.Length <= MaxLength)
        {
            Text = Text.Insert(Cursor, text);
            Cursor += text.Length;
        }
    }

    public void MoveTo(int cursor) => Cursor = Math.Clamp(cursor, 0, Text.Length);

    public void MoveBy(int columns) => MoveTo(Cursor + columns);

    public void MoveWord(int direction) => MoveTo(WordEdge(direction));

    /// <summary>Removes from the cursor to a place before or after it.</summary>
    public void DeleteTo(int end)
    {
        int other = Math.Clamp(end, 0, Text.Length);
        int start = Math.Min(Cursor, other);
        Text = Text.Remove(start, Math.Abs(other - Cursor));
        Cursor = start;
    }

    public void DeleteWord() => DeleteTo(WordEdge(-1));

    private int WordEdge(int direction)
    {
        int at = Cursor;
        bool inWord = false;
        while (true)
        {
            int next = direction < 0 ? at - 1 : at;
            if (next < 0 || next >= Text.Length || (inWord && Text[next] == ' '))
            {
                return at;
            }

            inWord |= Text[next] != ' ';
            at += direction;
        }
    }
}
