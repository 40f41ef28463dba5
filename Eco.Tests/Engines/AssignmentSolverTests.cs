using Eco.Engines.Data;
using Eco.Engines.Online.Learning;
using FsCheck;
using FsCheck.Fluent;
using NUnit.Framework;

namespace Eco.Tests.Engines;

[TestFixture]
public sealed class AssignmentSolverTests
{
    [Test]
    public void Solve_WhenComparedWithBruteForce_CostsTheSame()
        => Prop.ForAll(
            ArbMap.Default.ArbFor<int>(),
            seed =>
            {
                SeededRandom random = new((ulong)seed);
                int n = 1 + random.NextInt(6);
                double[,] costs = new double[n, n];
                for (int i = 0; i < n; i++)
                {
                    for (int j = 0; j < n; j++)
                    {
                        costs[i, j] = random.NextInt(3) == 0 ? random.NextInt(3) : random.NextGaussian() * 10; // ties as well
                    }
                }

                int[] columns = AssignmentSolver.Solve(costs);
                double cost = columns.Select((column, row) => costs[row, column]).Sum();
                return columns.Distinct().Count() == n && Math.Abs(cost - BruteForce(costs, 0, new bool[n])) < 1e-9;
            }).Check(Properties.Quiet);

    [Test]
    public void Solve_WhenNotSquare_Throws()
        => Assert.That(() => AssignmentSolver.Solve(new double[2, 3]), Throws.ArgumentException);

    private static double BruteForce(double[,] costs, int row, bool[] used)
    {
        if (row == used.Length)
        {
            return 0;
        }

        double best = double.PositiveInfinity;
        for (int column = 0; column < used.Length; column++)
        {
            if (!used[column])
            {
                used[column] = true;
                best = Math.Min(best, costs[row, column] + BruteForce(costs, row + 1, used));
                used[column] = false;
            }
        }

        return best;
    }
}
