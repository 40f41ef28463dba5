namespace Eco.Engines.Online.Learning;

/// <summary>
/// The minimum-cost assignment (Hungarian method in the O(n³) form with potentials and shortest augmenting paths: Kuhn 1955; Jonker and
/// Volgenant, Computing 38, 1987).
/// </summary>
public static class AssignmentSolver
{
    /// <summary>Finds for each row a column of its own such that the sum of costs is least.</summary>
    /// <param name="costs">Square, finite.</param>
    /// <returns>The column of each row.</returns>
    public static int[] Solve(double[,] costs)
    {
        ArgumentNullException.ThrowIfNull(costs);
        int n = costs.GetLength(0);
        if (costs.GetLength(1) != n)
        {
            throw new ArgumentException($"{n} rows but {costs.GetLength(1)} columns; the matrix must be square", nameof(costs));
        }

        double[] rowPotential = new double[n + 1];
        double[] columnPotential = new double[n + 1];
        int[] rowOfColumn = new int[n + 1]; // 1-based; column 0 holds the row that looks for a place
        for (int row = 1; row <= n; row++)
        {
            rowOfColumn[0] = row;
            Augment(costs, n, rowPotential, columnPotential, rowOfColumn);
        }

        int[] columnOfRow = new int[n];
        for (int column = 1; column <= n; column++)
        {
            columnOfRow[rowOfColumn[column] - 1] = column - 1;
        }

        return columnOfRow;
    }

    private static void Augment(double[,] costs, int n, double[] rowPotential, double[] columnPotential, int[] rowOfColumn)
    {
        double[] slack = new double[n + 1];
        int[] previous = new int[n + 1];
        bool[] visited = new bool[n + 1];
        Array.Fill(slack, double.PositiveInfinity);
        int column = 0;
        do
        {
            visited[column] = true;
            int row = rowOfColumn[column];
            double least = double.PositiveInfinity;
            int next = 0;
            for (int j = 1; j <= n; j++)
            {
                if (visited[j])
                {
                    continue;
                }

                double reduced = costs[row - 1, j - 1] - rowPotential[row] - columnPotential[j];
                if (reduced < slack[j])
                {
                    slack[j] = reduced;
                    previous[j] = column;
                }

                if (slack[j] < least)
                {
                    least = slack[j];
                    next = j;
                }
            }

            for (int j = 0; j <= n; j++)
            {
                if (visited[j])
                {
                    rowPotential[rowOfColumn[j]] += least;
                    columnPotential[j] -= least;
                }
                else
                {
                    slack[j] -= least;
                }
            }

            column = next;
        }
        while (rowOfColumn[column] != 0);

        while (column != 0)
        {
            rowOfColumn[column] = rowOfColumn[previous[column]];
            column = previous[column];
        }
    }
}
